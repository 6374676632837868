namespace Lens2Logit.Corruptions;

/// <summary>A colour as hue, saturation and value, each in [0, 1]. Source: Smith, <i>Color gamut transform pairs</i>, SIGGRAPH 1978.</summary>
internal readonly record struct Hsv(double Hue, double Saturation, double Value)
{
    public static Hsv FromRgb(double red, double green, double blue)
    {
        double value = Math.Max(red, Math.Max(green, blue));
        double range = value - Math.Min(red, Math.Min(green, blue));
        if (range == 0)
            return new(0, 0, value);
        double sector = red == value ? (green - blue) / range
            : green == value ? 2 + (blue - red) / range
            : 4 + (red - green) / range;
        return new((sector < 0 ? sector + 6 : sector) / 6, range / value, value);
    }

    public (double Red, double Green, double Blue) ToRgb()
    {
        double sector = Hue * 6;
        int index = (int)sector;
        double fraction = sector - index;
        double low = Value * (1 - Saturation);
        double falling = Value * (1 - Saturation * fraction);
        double rising = Value * (1 - Saturation * (1 - fraction));
        return (index % 6) switch
        {
            0 => (Value, rising, low),
            1 => (falling, Value, low),
            2 => (low, Value, rising),
            3 => (low, falling, Value),
            4 => (rising, low, Value),
            _ => (Value, low, falling),
        };
    }
}
