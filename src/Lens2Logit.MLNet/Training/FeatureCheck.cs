using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>
/// Notices that a column was overwritten between the stages and the trainer, which would then train on the wrong data without a word.
/// A column that hides another one of its name, or is behind the one that is made from it, is suspicious: then the first row's feature is
/// compared with what the stages make of the first row's source. Not otherwise, because a cached data view computes a whole column as soon
/// as one row of it is read.
/// </summary>
internal static class FeatureCheck
{
    // Float32 rounding differs between batch sizes and devices; a wrong column differs by far more.
    private const double Tolerance = 1e-3;

    /// <exception cref="ArgumentException">The feature is not what the stages make of the source.</exception>
    public static void Run(IDataView data, StageChain chain, string featureColumn)
    {
        if (!chain.Links.Any(IsSuspicious))
            return;
        var source = data.Schema.Require(chain.SourceColumn, "source");
        var feature = data.Schema.Require(featureColumn, "feature");
        using var cursor = data.GetRowCursor([source, feature]);
        if (!cursor.MoveNext())
            return;
        var (sourceValues, featureValues) = (Read(source), Read(feature));
        ulong key = RowKey.Reader(cursor, null)();

        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var made = StageInference.ToBatch([sourceValues], [.. chain.SourceShape], CPU);
        foreach (var link in StageChain.Discover(data.Schema, featureColumn).Links)
        {
            using var stage = link.Stage;
            stage.eval();
            made = stage.forward(made, [key]);
        }
        var difference = (made.flatten() - tensor(featureValues)).abs().max().ToDouble();
        if (!(difference <= Tolerance))
        {
            throw new ArgumentException($"Column '{featureColumn}' is not what {chain} makes of column '{chain.SourceColumn}' (they differ by {difference:G3} in the first row): "
                + "one of them was overwritten between the stage and the trainer. Give the later transform another output column.");
        }

        // Our own transforms put a new column at the end, ML.NET's put it right behind the one that it hides.
        bool IsSuspicious(StageLink link) => data.Schema[link.InputColumn].Index > data.Schema[link.OutputColumn].Index
            || data.Schema.Any(column => column.IsHidden && column.Name == link.InputColumn);

        float[] Read(DataViewSchema.Column column)
        {
            VBuffer<float> vector = default;
            cursor.GetGetter<VBuffer<float>>(column)(ref vector);
            return [.. vector.DenseValues()];
        }
    }
}
