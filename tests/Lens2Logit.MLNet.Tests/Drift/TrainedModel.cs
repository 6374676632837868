using Lens2Logit.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Drift;

/// <summary>A classifier behind a frozen ISP and its 120 scenes, trained once for all tests that only read it.</summary>
internal static class TrainedModel
{
    private static readonly Lazy<(TransformerChain<RawImageClassificationTransformer> Model, IDataView Data)> Trained = new(() =>
    {
        var ml = SmallData.Context();
        var data = ml.Data.Cache(SmallData.Scenes(ml, 120));
        return (SmallData.Fit(ml, data, SmallData.Options with { Epochs = 12, LearningRate = 3e-3, FreezeStages = true }), data);
    });

    public static TransformerChain<RawImageClassificationTransformer> Model => Trained.Value.Model;

    public static IDataView Data => Trained.Value.Data;
}
