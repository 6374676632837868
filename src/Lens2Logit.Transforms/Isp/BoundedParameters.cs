using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>Keeps the weights of a module in their ranges.</summary>
internal sealed class BoundedParameters
{
    private readonly nn.Module _module;
    private readonly Dictionary<string, (ParameterRange Range, double[] Initial)> _bounds = [];

    /// <exception cref="ArgumentException">An initial weight is out of its range.</exception>
    public BoundedParameters(nn.Module module, IspBounds bounds)
    {
        _module = module;
        foreach (var (name, parameter) in module.named_parameters())
        {
            ParameterRange given = bounds.ByName[name], range = InTypeOf(parameter, given);
            var initial = Values(parameter);
            foreach (var value in initial)
            {
                if (value < range.Minimum || value > range.Maximum)
                {
                    throw new ArgumentException(FormattableString.Invariant(
                        $"The initial {name} holds {value}, outside its range {given.Minimum} to {given.Maximum}. Widen the range."), name);
                }
            }
            _bounds.Add(name, (range, initial));
        }
    }

    /// <summary>Sets weights that left their range to its nearest end, and those that are not finite to their initial value.</summary>
    public void Project()
    {
        foreach (var (name, parameter) in _module.named_parameters())
        {
            var (range, initial) = _bounds[name];
            var values = Values(parameter);
            bool left = false;
            for (int i = 0; i < values.Length; i++)
            {
                if (values[i] >= range.Minimum && values[i] <= range.Maximum)
                    continue;
                left = true;
                values[i] = double.IsFinite(values[i]) ? Math.Clamp(values[i], range.Minimum, range.Maximum) : initial[i];
            }
            if (!left)
                continue;
            using var scope = NewDisposeScope();
            using var gradients = no_grad();
            parameter.copy_(tensor(values, parameter.dtype, parameter.device).view(parameter.shape));
        }
    }

    /// <summary>A weight's elements in double precision.</summary>
    public static double[] Values(Tensor parameter)
    {
        using var scope = NewDisposeScope();
        return parameter.detach().cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    /// <summary>The ends as the weights' type holds them: a weight at an end is within, whichever way the end is rounded.</summary>
    private static ParameterRange InTypeOf(Tensor parameter, ParameterRange range) => parameter.dtype == ScalarType.Float32
        ? new((float)Math.Clamp(range.Minimum, float.MinValue, float.MaxValue), (float)Math.Clamp(range.Maximum, float.MinValue, float.MaxValue))
        : range;
}
