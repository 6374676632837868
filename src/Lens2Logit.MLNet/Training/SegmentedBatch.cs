using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>Rows with the probability of each pixel to belong to the object, and the mask of those above the threshold.</summary>
internal sealed class SegmentedBatch(FittedModules modules, int[] shape, int pixels, double threshold, bool[] active, DataViewRow rows, DataViewSchema.Column column, int size)
    : ScoredBatch(modules, shape, pixels, active, rows, column, size)
{
    private protected override Tensor Probabilities(Tensor output) => output.sigmoid();

    private protected override Delegate PredictionGetter(Func<float[]> scores)
    {
        return (ValueGetter<VBuffer<float>>)Threshold;

        void Threshold(ref VBuffer<float> mask)
        {
            var probabilities = scores();
            var editor = VBufferEditor.Create(ref mask, probabilities.Length);
            for (int i = 0; i < probabilities.Length; i++)
                editor.Values[i] = probabilities[i] > threshold ? 1 : 0;
            mask = editor.Commit();
        }
    }
}
