namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>
/// The spatial variance of an image, split into what rows, columns and single pixels contribute: s² = s²row + s²col + s²pixel
/// (EMVA 1288 release 4.0 Linear, chapter 8).
/// </summary>
internal readonly record struct SpatialVariances(double Total, double Row, double Column, double Pixel)
{
    /// <summary>
    /// Without bias for independent parts. Over M rows and N columns the row means vary by s²row + s²pixel/N, the column means by
    /// s²col + s²pixel/M, and the pixels by the sum of all three; these are three equations for three unknowns.
    /// </summary>
    public static SpatialVariances Of(double[] image, int height, int width)
    {
        var rows = new double[height];
        var columns = new double[width];
        for (var pixel = 0; pixel < image.Length; pixel++)
        {
            rows[pixel / width] += image[pixel] / width;
            columns[pixel % width] += image[pixel] / height;
        }

        double total = Variance(image), ofRows = Variance(rows), ofColumns = Variance(columns);
        var pixels = (total - ofRows - ofColumns) / (1 - (1.0 / width) - (1.0 / height));
        return new(total, ofRows - (pixels / width), ofColumns - (pixels / height), pixels);
    }

    private static double Variance(double[] values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
    }
}
