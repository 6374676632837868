using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Stages;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>One quantity of the data model that can be turned like a knob, with what it means and the range that is searched.</summary>
/// <param name="Name">Name, such as <c>gamma</c> or <c>illumination</c>.</param>
/// <param name="Unit">Unit; empty for a pure number.</param>
/// <param name="Nominal">Its value in the model as it is.</param>
/// <param name="Minimum">Smallest value searched.</param>
/// <param name="Maximum">Largest value searched.</param>
/// <param name="Logarithmic">Whether factors count, not differences.</param>
/// <param name="Meaning">What it does.</param>
public sealed record ParameterAxis(string Name, string Unit, double Nominal, double Minimum, double Maximum, bool Logarithmic, string Meaning)
{
    /// <summary>Moves stages that are as the model has them to a value, on top of the axes moved before; null for an axis of the measurement.</summary>
    internal Action<IReadOnlyList<DifferentiableStage>, double>? SetStages { get; init; }

    /// <summary>The acquisition at a value; null for an axis of the stages.</summary>
    internal Func<Acquisition, double, Acquisition>? SetAcquisition { get; init; }

    /// <summary>The value at a share of the way from one to another, in proportion where factors count.</summary>
    internal double Between(double from, double to, double share) =>
        Logarithmic ? from * Math.Pow(to / from, share) : from + share * (to - from);
}

/// <summary>The axes of a chain of stages and the measurement before it.</summary>
internal static class ParameterAxes
{
    // A parameter with more values than this has no meaning that one value has.
    private const int LargestTensor = 16;

    public static IReadOnlyList<ParameterAxis> Of(TaskModel model, Acquisition? acquisition)
    {
        var axes = new List<ParameterAxis>();
        if (acquisition is not null)
            axes.AddRange(OfMeasurement(acquisition));
        for (int i = 0; i < model.Links.Count; i++)
            axes.AddRange(model.Links[i].Stage is ParametrizedIsp isp ? OfIsp(isp, i, model) : OfStage(model.Links[i], i, model));
        return axes;
    }

    private static IEnumerable<ParameterAxis> OfMeasurement(Acquisition acquisition)
    {
        if (acquisition.Exposure is { PhotonsPerPixel: null, Illumination: > 0 and var light })
        {
            yield return new("illumination", "", light, light * 0.002, light * 4, Logarithmic: true, "relative light on the sensor; the scenes are measured anew")
            {
                SetAcquisition = (a, value) => a with { Exposure = a.Exposure with { Illumination = (float)value } },
            };
        }
        double noise = Math.Max(acquisition.Sensor.ReadNoiseElectrons, 0.1);
        yield return new("read noise", "e⁻", acquisition.Sensor.ReadNoiseElectrons, acquisition.Sensor.ReadNoiseElectrons > 0 ? noise * 0.1 : 0, noise * 1000,
            Logarithmic: acquisition.Sensor.ReadNoiseElectrons > 0, "standard deviation σ0 of the sensor's read noise; the scenes are measured anew")
        {
            SetAcquisition = (a, value) => a with { Sensor = a.Sensor with { ReadNoiseElectrons = (float)Math.Min(value, 10_000) } },
        };
    }

    /// <summary>Knobs of an ISP that a person would turn, each a direction through its weights.</summary>
    private static IEnumerable<ParameterAxis> OfIsp(ParametrizedIsp isp, int stage, TaskModel model)
    {
        yield return Axis("black level", "share of full scale", 0, -0.06, 0.06, "black_level", "added to the black level of all four sites", (nominal, value) => [.. nominal.Select(v => v + value)]);
        foreach (var (color, index) in new[] { ("red", 0), ("green", 1), ("blue", 2) })
        {
            yield return Axis($"white balance {color}", "", 1, 0.2, 5, "white_balance", $"factor on the white balance of {color}",
                (nominal, value) => [.. nominal.Select((v, i) => i == index ? v * value : v)], logarithmic: true);
        }
        yield return Axis("saturation", "", 1, 0, 3, "color_matrix", "0 gives grey, 1 the colour matrix as it is, more exaggerates colour", Saturate);
        yield return Axis("sharpening", "", 1, 0, 5, "sharpening", "0 does not sharpen, 1 is the kernel as it is", (nominal, value) => Strengthen(nominal, value, 3));
        yield return Axis("blur", "", 1, 0, 4, "blur", "0 does not blur, 1 is the kernel as it is", (nominal, value) => Strengthen(nominal, value, 5));
        double gamma = new StageParameter(stage, "", "gamma", "").Values(model.Original)[0];
        yield return new("gamma", "", gamma, gamma / 5, gamma * 5, Logarithmic: true, "γ; the view is v^(1/γ)")
        {
            SetStages = (stages, value) => new StageParameter(stage, "", "gamma", "").Set(stages, [value]),
        };

        ParameterAxis Axis(string name, string unit, double nominal, double low, double high, string parameterName, string meaning,
            Func<double[], double, double[]> move, bool logarithmic = false)
        {
            var parameter = new StageParameter(stage, "", parameterName, unit);
            // From the values as they are: axes of one parameter, such as the white balances, are set one after the other.
            return new(name, unit, nominal, low, high, logarithmic, meaning) { SetStages = (stages, value) => parameter.Set(stages, move(parameter.Values(stages), value)) };
        }
    }

    /// <summary>Every value of a small parameter is an axis of its own, from nothing to five times as much.</summary>
    private static IEnumerable<ParameterAxis> OfStage(StageLink link, int stage, TaskModel model)
    {
        foreach (var parameter in StageParameter.Of(model).Where(p => p.Stage == stage))
        {
            var values = parameter.Values(model.Original);
            if (values.Length > LargestTensor)
                continue;
            for (int i = 0; i < values.Length; i++)
            {
                int index = i;
                double reach = values[i] == 0 ? 1 : 4 * Math.Abs(values[i]);
                bool positive = values[i] > 0;
                yield return new(values.Length == 1 ? parameter.FullName : $"{parameter.FullName}[{i}]", parameter.Unit, values[i],
                    positive ? 0 : values[i] - reach, values[i] + reach, Logarithmic: false, $"a parameter of stage '{link.Stage.Kind}'")
                {
                    SetStages = (stages, value) => parameter.Set(stages, [.. parameter.Values(stages).Select((v, k) => k == index ? value : v)]),
                };
            }
        }
    }

    private static double[] Saturate(double[] matrix, double value)
    {
        // Rec. 601 luma, as the ISP's own filters have it.
        var luma = IspKernels.Luma;
        var result = new double[9];
        for (int input = 0; input < 3; input++)
        {
            double grey = 0;
            for (int output = 0; output < 3; output++)
                grey += luma[output] * matrix[3 * output + input];
            for (int output = 0; output < 3; output++)
                result[3 * output + input] = grey + value * (matrix[3 * output + input] - grey);
        }
        return result;
    }

    /// <summary>The kernel's distance from doing nothing, times a factor.</summary>
    private static double[] Strengthen(double[] kernel, double value, int size)
    {
        var result = Array.ConvertAll(kernel, weight => value * weight);
        result[size * size / 2] += 1 - value;
        return result;
    }
}
