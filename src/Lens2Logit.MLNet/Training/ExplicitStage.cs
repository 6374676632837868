using Lens2Logit.Stages;

namespace Lens2Logit.MLNet.Training;

/// <summary>A stage named to the trainer instead of found by the mark on its column.</summary>
/// <param name="InputColumn">The column it reads.</param>
/// <param name="OutputColumn">The column it makes; that of the last stage is the trainer's feature.</param>
/// <param name="Create">Builds the stage with its initial weights, called at every Fit; the fitted model owns what it returns.</param>
public sealed record ExplicitStage(string InputColumn, string OutputColumn, Func<DifferentiableStage> Create);
