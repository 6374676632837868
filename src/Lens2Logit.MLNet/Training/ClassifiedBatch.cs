using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>Rows with the probability of each class, and the class with the highest.</summary>
internal sealed class ClassifiedBatch(FittedModules modules, int[] shape, int classes, bool[] active, DataViewRow rows, DataViewSchema.Column column, int size)
    : ScoredBatch(modules, shape, classes, active, rows, column, size)
{
    private protected override Tensor Probabilities(Tensor output) => output.softmax(1);

    private protected override Delegate PredictionGetter(Func<float[]> scores) =>
        (ValueGetter<uint>)((ref uint key) => key = (uint)(System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(scores()) + 1));
}
