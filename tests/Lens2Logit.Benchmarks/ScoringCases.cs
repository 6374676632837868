using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Benchmarks;

/// <summary>Scores row by row by a fitted model, and the same network called directly.</summary>
internal static class ScoringCases
{
    private const int Size = 64, Rows = 64;
    private const string Unit = "rows/s";

    public static IEnumerable<TimedCase> All { get; } = new[] { false, true }.SelectMany(Pair);

    private static IEnumerable<TimedCase> Pair(bool withIsp)
    {
        var suffix = withIsp ? "SmallCnn behind ParametrizedIsp" : "SmallCnn";
        string kernel = $"kernel: {suffix}, batch of one";
        return
        [
            new(kernel, Unit, Rows, () => Kernel(withIsp)),
            new($"ML.NET scores: {suffix}", Unit, Rows, () => Cursor(withIsp)) { ComparedWith = kernel },
        ];
    }

    private static Workload Cursor(bool withIsp)
    {
        var (_, scored) = Fit(withIsp);
        return new(() => RowReading.ReadAll(scored, "Score"));
    }

    private static Workload Kernel(bool withIsp)
    {
        var (model, _) = Fit(withIsp);
        var isp = withIsp ? model.GetStage<ParametrizedIsp>("Rgb") : null;
        var network = model.LastTransformer.Network;
        var images = withIsp
            ? Array.ConvertAll(TestImages.Mosaics(Size, Rows), raw => tensor(raw).view(1, Size, Size))
            : Array.ConvertAll(TestImages.Scenes(Size, Rows), scene => tensor(scene).view(1, 3, Size, Size));
        return new(Run, images);

        void Run()
        {
            foreach (var image in images)
            {
                using var scope = NewDisposeScope();
                using var noGradients = no_grad();
                network.forward(isp is null ? image : isp.forward(image)).softmax(1);
            }
        }
    }

    private static (TransformerChain<RawImageClassificationTransformer> Model, IDataView Scored) Fit(bool withIsp)
    {
        var ml = new MLContext(seed: 1);
        var smear = ml.Data.LoadSyntheticSmear(new() { Count = Rows, Size = Size });
        var measured = ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone).Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .Fit(smear).Transform(smear);
        var data = RowReading.Cached(ml, measured, withIsp ? "Raw" : "Scene");
        var trainer = ml.MulticlassClassification.Trainers.RawImageClassification(featureColumnName: withIsp ? "Rgb" : "Scene",
            architecture: Architecture.SmallCnn, epochs: 1);
        var model = withIsp
            ? ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }).Append(trainer).Fit(data)
            : new EstimatorChain<RawImageClassificationTransformer>().Append(trainer).Fit(data);
        return (model, model.Transform(data));
    }
}
