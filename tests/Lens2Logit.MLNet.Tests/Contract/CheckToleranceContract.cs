using Lens2Logit.Tests.Drift;
using Microsoft.ML;

namespace Lens2Logit.Tests.Contract;

/// <summary>CheckTolerance keeps the promises of every component.</summary>
public class CheckToleranceContract : ProcessRawContract
{
    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["OutsideTolerance"] = ["Raw"], ["ToleranceReason"] = ["Raw"] };

    protected override IEstimator<ITransformer> CreateEstimator()
    {
        using var folder = new TemporaryFolder();
        ToleranceTests.Specification.Save(folder.File("tolerance.json"));
        return Ml.Transforms.CheckTolerance(folder.File("tolerance.json"), TrainedModel.Model);
    }
}
