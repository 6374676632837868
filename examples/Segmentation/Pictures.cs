using Lens2Logit.Plots;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Segmentation;

/// <summary>Test images with their masks.</summary>
internal static class Pictures
{
    private const int Samples = 8;

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
