using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Interop;

/// <summary>The standard annotations of a multiclass classifier's columns, by which ML.NET's evaluators recognise them.</summary>
internal static class ScoreAnnotations
{
    public static SchemaShape.Column[] PromisedForScore(SchemaShape.Column label) => [.. AnnotationUtils.AnnotationsForMulticlassScoreColumn(label)];

    public static SchemaShape.Column[] PromisedForPredictedLabel(SchemaShape.Column label) =>
        [.. AnnotationUtils.GetTrainerOutputAnnotation(), .. label.Annotations.Where(c => c.Name == AnnotationUtils.Kinds.KeyValues)];

    public static DataViewSchema.Annotations Score(DataViewSchema input, ClassLabels labels) => Common(input, AnnotationUtils.Const.ScoreValueKind.Score, builder =>
    {
        labels.AddTo(builder, AnnotationUtils.Kinds.TrainingLabelValues);
        // ML.NET promises slot names where the label's values are text, and only there.
        if (labels.IsText)
            labels.AddTo(builder, AnnotationUtils.Kinds.SlotNames);
    });

    public static DataViewSchema.Annotations PredictedLabel(DataViewSchema input, ClassLabels labels) =>
        Common(input, AnnotationUtils.Const.ScoreValueKind.PredictedLabel, builder => labels.AddTo(builder, AnnotationUtils.Kinds.KeyValues));

    private static DataViewSchema.Annotations Common(DataViewSchema input, string valueKind, Action<DataViewSchema.Annotations.Builder> add)
    {
        uint set = checked(input.GetMaxAnnotationKind(out _, AnnotationUtils.Kinds.ScoreColumnSetId) + 1);
        var builder = new DataViewSchema.Annotations.Builder();
        add(builder);
        builder.Add(AnnotationUtils.Kinds.ScoreColumnSetId, AnnotationUtils.ScoreColumnSetIdType, (ref uint value) => value = set);
        AddText(builder, AnnotationUtils.Kinds.ScoreColumnKind, AnnotationUtils.Const.ScoreColumnKind.MulticlassClassification);
        AddText(builder, AnnotationUtils.Kinds.ScoreValueKind, valueKind);
        return builder.ToAnnotations();
    }

    private static void AddText(DataViewSchema.Annotations.Builder builder, string kind, string value) =>
        builder.AddPrimitiveValue(kind, TextDataViewType.Instance, value.AsMemory());
}
