using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Isp;

/// <summary>Gradients by finite differences, to judge analytic ones.</summary>
internal static class CentralDifference
{
    /// <summary>(loss(v + step) − loss(v − step)) / (2·step) for every element of a variable, which is changed in place and restored.</summary>
    public static double[] Of(Tensor variable, Func<Tensor> loss, double step)
    {
        using var _ = no_grad();
        var flat = variable.detach().view(-1);
        var result = new double[flat.numel()];
        for (int i = 0; i < result.Length; i++)
        {
            using var scope = NewDisposeScope();
            double original = flat[i].ToDouble();
            double At(double value)
            {
                flat[i].fill_(value);
                return loss().ToDouble();
            }
            result[i] = (At(original + step) - At(original - step)) / (2 * step);
            flat[i].fill_(original);
        }
        return result;
    }
}
