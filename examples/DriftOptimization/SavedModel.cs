using Lens2Logit.Examples;
using Lens2Logit.MLNet.Drift.Optimization;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;

namespace DriftOptimization;

/// <summary>Saves the adapted model as a plain ML.NET file, loads it again and predicts with it.</summary>
internal static class SavedModel
{
    public static void SaveAndTry(MLContext ml, OptimizationResult result, ExampleData data, string path)
    {
        // The camera in front, so that the model takes scenes.
        var camera = ml.Transforms.SimulateMeasurement("Raw", data.SceneColumn, exposure: new Exposure { Illumination = 0.01f }, rowKeyColumnName: data.KeyColumn, frameSeed: 2);
        var front = data.ReadImages is { } read ? read.Append<ITransformer>(camera) : new EstimatorChain<ITransformer>().Append<ITransformer>(camera);
        var model = new TransformerChain<ITransformer>(front.Fit(data.Test), result.LearnedModel);
        ml.Model.Save(model, data.Test.Schema, path);
        var loaded = ml.Model.Load(path, out _);
        var (label, predicted, score) = FirstPrediction(ml, loaded, data.Test);
        var (_, _, original) = FirstPrediction(ml, model, data.Test);
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
