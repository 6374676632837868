using Lens2Logit.MLNet.Training;
using Lens2Logit.Plots;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Segmentation;

/// <summary>The curves of training, and test images with their masks.</summary>
internal static class Pictures
{
    private const int Samples = 8;

    public static void SaveCurves(IReadOnlyList<TrainingProgress> epochs, string path)
    {
        double[] x = [.. epochs.Select(e => (double)e.Epoch)];
        new LineChart
        {
            Title = "Intersection over union while training",
            XAxis = new("epoch"),
            YAxis = new("IoU") { Minimum = 0, Maximum = 1 },
            Series =
            [
                new("images trained on, augmented", x, [.. epochs.Select(e => e.Metric)]),
                new("images left out", x, [.. epochs.Select(e => e.ValidationMetric!.Value)]),
            ],
        }.Save(path);
    }

    public static void SaveMasks(IDataView scored, int size, string path)
    {
        new ContactSheet
        {
            Rows =
            [
                new("as the learned ISP develops them", Images("Rgb")),
                new("true masks", Images("Mask")),
                new("probabilities", Images("Score")),
                new("predicted masks", Images("PredictedMask")),
            ],
        }.Save(path);

        List<SheetImage> Images(string column) => [.. scored.GetColumn<float[]>(column).Take(Samples).Select(pixels => new SheetImage(pixels, size, size))];
    }
}
