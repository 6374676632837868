using Lens2Logit.Isp;
using Lens2Logit.Sensors.Differentiable;
using Lens2Logit.Sensors.Optics;

namespace Lens2Logit.Stages;

/// <summary>
/// Factories of differentiable stages by kind. The library's own are registered from the start; register yours once at start-up,
/// before a pipeline that uses it is trained or loaded.
/// </summary>
/// <remarks>Thread safe.</remarks>
public static class StageRegistry
{
    private static readonly FactoryTable<Func<string, DifferentiableStage>> Factories = new("differentiable stage", nameof(StageRegistry))
    {
        [ParametrizedIsp.StageKind] = json => new ParametrizedIsp(ParametrizedIspOptions.FromJson(json)),
        [Lens.StageKind] = json => new Lens(LensOptions.FromJson(json)),
        [DifferentiableMeasurement.StageKind] = json => new DifferentiableMeasurement(DifferentiableMeasurementOptions.FromJson(json)),
        [RawToRgb.StageKind] = json => new RawToRgb(RawToRgbOptions.FromJson(json)),
        [NeuralIsp.StageKind] = json => new NeuralIsp(NeuralIspOptions.FromJson(json)),
    };

    /// <summary>Registers a factory under a kind.</summary>
    /// <param name="kind">The stage's <see cref="DifferentiableStage.Kind"/>.</param>
    /// <param name="factory">Builds the stage, with initial weights, from what its <see cref="DifferentiableStage.OptionsToJson"/> gave.</param>
    /// <exception cref="ArgumentException">The kind is empty or taken.</exception>
    public static void Register(string kind, Func<string, DifferentiableStage> factory) => Factories.Register(kind, factory);

    /// <summary>Builds a stage of a registered kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="optionsJson">The options as <see cref="DifferentiableStage.OptionsToJson"/> gave them.</param>
    /// <exception cref="ArgumentException">The kind is not registered; the message lists those that are.</exception>
    public static DifferentiableStage Create(string kind, string optionsJson) => Factories.Find(kind)(optionsJson);
}
