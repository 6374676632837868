namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>
/// The spatial variance of an image, split into what rows, columns and single pixels contribute: s² = s²row + s²col + s²pixel
/// (EMVA 1288 release 4.0 Linear, chapter 8).
/// </summary>
internal readonly record struct SpatialVariances(double Total, double Row, double Column, double Pixel)
{
    /// <summary>
    /// Without bias at any size, by the analysis of variance in two directions: over M rows and N columns the row means vary by
    /// s²row + s²pixel/N and the column means by s²col + s²pixel/M; what both leave of the squares has (M − 1)(N − 1) degrees of freedom.
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

        double squaresOfRows = Squares(rows), squaresOfColumns = Squares(columns);
        var left = Squares(image) - (width * squaresOfRows) - (height * squaresOfColumns);
        var ofPixels = left / ((height - 1.0) * (width - 1.0));
        var ofRows = (squaresOfRows / (height - 1)) - (ofPixels / width);
        var ofColumns = (squaresOfColumns / (width - 1)) - (ofPixels / height);
        return new(ofRows + ofColumns + ofPixels, ofRows, ofColumns, ofPixels);
    }

    private static double Squares(double[] values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean));
    }
}
