using Lens2Logit.Isp;
using Lens2Logit.Sensors.Differentiable;
using Lens2Logit.Sensors.Optics;
using Lens2Logit.Stages;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>A parameter of a stage in front of the network, wherever the stage is copied to.</summary>
/// <param name="Stage">Index of the stage in the chain.</param>
/// <param name="Column">Column that the stage makes.</param>
/// <param name="Name">Name within the stage.</param>
/// <param name="Unit">Unit of its values; empty for a pure number.</param>
internal sealed record StageParameter(int Stage, string Column, string Name, string Unit)
{
    private static readonly Dictionary<(string Kind, string Parameter), string> Units = new()
    {
        [(ParametrizedIsp.StageKind, "black_level")] = "share of full scale",
        [(DifferentiableMeasurement.StageKind, "exposure")] = "EV",
        [(DifferentiableMeasurement.StageKind, "gain")] = "dB",
        [(DifferentiableMeasurement.StageKind, "read_noise")] = "e⁻",
        [(DifferentiableMeasurement.StageKind, "black_level")] = "DN",
        [(Lens.StageKind, "gaussian_sigma")] = "µm",
        [(Lens.StageKind, "defocus_radius")] = "µm",
        [(Lens.StageKind, "corner_angle")] = "°",
        [(Lens.StageKind, "chromatic_magnification")] = "%",
    };

    public string FullName => $"{Column}.{Name}";

    public static IReadOnlyList<StageParameter> Of(TaskModel model) => [.. model.Links.SelectMany((link, index) => link.Stage.named_parameters()
        .Select(p => new StageParameter(index, link.OutputColumn, p.name, Units.GetValueOrDefault((link.Stage.Kind, p.name), ""))))];

    public Parameter In(IReadOnlyList<DifferentiableStage> stages) => stages[Stage].get_parameter(Name)!;

    public double[] Values(IReadOnlyList<DifferentiableStage> stages)
    {
        using var scope = NewDisposeScope();
        return [.. In(stages).detach().cpu().to(ScalarType.Float64).contiguous().data<double>()];
    }

    public void Set(IReadOnlyList<DifferentiableStage> stages, IReadOnlyList<double> values)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var parameter = In(stages);
        parameter.copy_(tensor(values.ToArray(), parameter.dtype).view(parameter.shape));
    }
}
