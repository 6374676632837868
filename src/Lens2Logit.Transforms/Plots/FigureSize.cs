namespace Lens2Logit.Plots;

/// <summary>Sizes of pictures that can be drawn and looked at.</summary>
internal static class FigureSize
{
    public static void Check(string name, int pixels, int minimum = 200, int maximum = 8000)
    {
        if (pixels < minimum || pixels > maximum)
            throw new ArgumentOutOfRangeException(name, pixels, $"{name} is {pixels} pixels; the allowed range is {minimum} to {maximum} pixels.");
    }
}
