using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Sensors;

/// <summary>The two uniform numbers behind a pixel's noise.</summary>
/// <remarks>
/// The pixels of columns 2j and 2j + 1 share the blocks 0 and 1 of a <see cref="PixelStream"/>: block 0 holds the upper words of their
/// numbers, [charge, read noise] of the even column and the same of the odd one, and block 1 the lower words. Upper words alone nearly
/// always decide what is measured, so that one block serves two pixels. Data sets depend on this layout.
/// </remarks>
/// <param name="Charge">For the Poisson number of the charge, in the open interval (0, 1).</param>
/// <param name="Read">For the normal number of the read noise, in the open interval (0, 1).</param>
internal readonly record struct PixelNoise(double Charge, double Read)
{
    /// <summary>The place of a pair of pixels; a row of odd width ends with half a pair.</summary>
    public static uint Place(int row, int column, int width) => ((uint)row * (((uint)width + 1) / 2)) + ((uint)column / 2);

    public static PixelNoise At(in MeasurementFrame frame, int row, int column)
    {
        var stream = new PixelStream(frame.CameraKey, frame.FrameKey, Place(row, column, frame.Width), frame.RowKey);
        PhiloxBlock upper = stream.Block(0), lower = stream.Block(1);
        return (column & 1) == 0
            ? new(PhiloxBlock.Uniform(upper.Word0, lower.Word0), PhiloxBlock.Uniform(upper.Word1, lower.Word1))
            : new(PhiloxBlock.Uniform(upper.Word2, lower.Word2), PhiloxBlock.Uniform(upper.Word3, lower.Word3));
    }
}
