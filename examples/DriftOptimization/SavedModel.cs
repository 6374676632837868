using Microsoft.ML;
using Spectre.Console;

namespace DriftOptimization;

/// <summary>Saves the adapted model as a plain ML.NET file, loads it again and predicts with it.</summary>
internal static class SavedModel
{
    public static void SaveAndTry(MLContext ml, SeedResult result, string path)
    {
        ml.Model.Save(result.LearnedModel, result.Test.Schema, path);
        var loaded = ml.Model.Load(path, out _);
        var (label, predicted, score) = FirstPrediction(ml, loaded, result.Test);
        var (_, _, original) = FirstPrediction(ml, result.LearnedModel, result.Test);
        if (score != original)
            throw new InvalidDataException($"The saved model gives {score}, the one in memory {original}.");
        AnsiConsole.MarkupLineInterpolated($"model.zip, loaded again, says of the first test image: [bold]{predicted}[/] ({score:P1}); it is {label}.");
    }

    private static (string Label, string Predicted, float Score) FirstPrediction(MLContext ml, ITransformer model, IDataView test)
    {
        var predictions = ml.Transforms.Conversion.MapKeyToValue(nameof(RawPrediction.PredictedLabel)).Append(ml.Transforms.Conversion.MapKeyToValue(nameof(RawPrediction.Label)))
            .Fit(model.Transform(test)).Transform(model.Transform(ml.Data.TakeRows(test, 1)));
        var first = ml.Data.CreateEnumerable<RawPrediction>(predictions, reuseRowObject: false).First();
        return (first.Label, first.PredictedLabel, first.Score.Max());
    }

    private sealed class RawPrediction
    {
        public string Label { get; set; } = "";

        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
