using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Stages;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Training;

/// <summary>One differentiable stage between two columns.</summary>
/// <param name="InputColumn">The column it reads.</param>
/// <param name="OutputColumn">The column it makes.</param>
/// <param name="Stage">The stage.</param>
internal sealed record StageLink(string InputColumn, string OutputColumn, DifferentiableStage Stage);

/// <summary>The differentiable stages in front of a trainer, from the first column that is not differentiable to the feature column.</summary>
internal sealed class StageChain(string sourceColumn, int[] sourceShape, IReadOnlyList<StageLink> links)
{
    public string SourceColumn => sourceColumn;

    public IReadOnlyList<int> SourceShape => sourceShape;

    public IReadOnlyList<StageLink> Links => links;

    /// <summary>
    /// Follows the marks from the feature column back. The stages are fresh copies; the caller owns them.
    /// </summary>
    /// <exception cref="ArgumentException">A column is missing or is not an image.</exception>
    public static StageChain Discover(DataViewSchema schema, string featureColumn)
    {
        var links = new List<StageLink>();
        try
        {
            var column = schema.Require(featureColumn, "feature");
            while (StageMark.Find(column) is { } mark)
            {
                var source = schema.GetColumnOrNull(mark.SourceColumn) ?? throw new ArgumentException(
                    $"Column '{column.Name}' was made from '{mark.SourceColumn}', which the data no longer has; the trainer needs it to train through the stage. "
                    + "Keep that column until the trainer.");
                if (source.Index == column.Index || links.Any(link => link.OutputColumn == source.Name))
                    throw new ArgumentException($"A stage reads and writes column '{source.Name}', so that its input is gone where the trainer needs it. Give its output another name.");
                links.Insert(0, new(source.Name, column.Name, mark.Rebuild(column)));
                column = source;
            }
            return Create(column, links);
        }
        catch
        {
            foreach (var link in links)
                link.Stage.Dispose();
            throw;
        }
    }

    /// <summary>The stages that the user names.</summary>
    /// <exception cref="ArgumentException">They do not follow one another to the feature, or a column is missing or no image.</exception>
    public static StageChain Of(DataViewSchema schema, IReadOnlyList<ExplicitStage> stages, string featureColumn)
    {
        for (int i = 0; i < stages.Count; i++)
        {
            var next = i + 1 < stages.Count ? stages[i + 1].InputColumn : featureColumn;
            if (stages[i].OutputColumn != next)
                throw new ArgumentException($"Options.Stages[{i}] makes column '{stages[i].OutputColumn}'; expected '{next}', which comes next.");
        }
        return Create(schema.Require(stages[0].InputColumn, "source"), [.. stages.Select(s => new StageLink(s.InputColumn, s.OutputColumn, s.Create()))]);
    }

    private static StageChain Create(DataViewSchema.Column column, List<StageLink> links)
    {
        int rank = column.Type is VectorDataViewType { Dimensions.Length: 2 } && links.Count > 0 ? 2 : 3;
        var shape = ImageShape.Require(column, links.Count > 0 ? "source" : "feature", rank, rank == 2 ? "Vector<Single>[H, W]" : "Vector<Single>[C, H, W]");
        var chain = new StageChain(column.Name, shape, links);
        // Only that of a stage may still be something else, such as the raw image of a measurement.
        if (chain.FeatureShape() is { Length: not 3 } feature)
            throw SchemaColumns.WrongType(links[^1].OutputColumn, "feature", $"[{string.Join(", ", feature)}]", "[C, H, W]; put ProcessRaw between a raw column and the trainer");
        return chain;
    }

    /// <summary>Shape of the feature: the source's shape through all stages.</summary>
    public int[] FeatureShape()
    {
        var shape = sourceShape;
        foreach (var link in links)
            shape = link.Stage.OutputShape(shape);
        return shape;
    }

    /// <summary>For example <c>Raw → parametrized-isp → Rgb</c>.</summary>
    public override string ToString() => string.Concat(links.Select(l => $"{l.InputColumn} → {l.Stage.Kind} → ").Append(links.Count > 0 ? links[^1].OutputColumn : sourceColumn));
}
