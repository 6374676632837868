namespace Lens2Logit.IO.Dng;

/// <summary>Correlated colour temperatures: of chromaticities, after Robertson (1968), and of the light sources that Exif names.</summary>
internal static class ColorTemperature
{
    // Isotemperature lines: reciprocal temperature [MK⁻¹], u and v of the black body (CIE 1960), slope of the line. Source: Robertson,
    // "Computation of Correlated Color Temperature and Distribution Temperature", J. Opt. Soc. Am. 58 (1968); also Wyszecki & Stiles,
    // Color Science, table 1(3.11).
    private static readonly (double Mired, double U, double V, double Slope)[] Lines =
    [
        (0, 0.18006, 0.26352, -0.24341), (10, 0.18066, 0.26589, -0.25479), (20, 0.18133, 0.26846, -0.26876), (30, 0.18208, 0.27119, -0.28539),
        (40, 0.18293, 0.27407, -0.30470), (50, 0.18388, 0.27709, -0.32675), (60, 0.18494, 0.28021, -0.35156), (70, 0.18611, 0.28342, -0.37915),
        (80, 0.18740, 0.28668, -0.40955), (90, 0.18880, 0.28997, -0.44278), (100, 0.19032, 0.29326, -0.47888), (125, 0.19462, 0.30141, -0.58204),
        (150, 0.19962, 0.30921, -0.70471), (175, 0.20525, 0.31647, -0.84901), (200, 0.21142, 0.32312, -1.0182), (225, 0.21807, 0.32909, -1.2168),
        (250, 0.22511, 0.33439, -1.4512), (275, 0.23247, 0.33904, -1.7298), (300, 0.24010, 0.34308, -2.0637), (325, 0.24792, 0.34655, -2.4681),
        (350, 0.25591, 0.34951, -2.9641), (375, 0.26400, 0.35200, -3.5814), (400, 0.27218, 0.35407, -4.3633), (425, 0.28039, 0.35577, -5.3762),
        (450, 0.28863, 0.35714, -6.7262), (475, 0.29685, 0.35823, -8.5955), (500, 0.30505, 0.35907, -11.324), (525, 0.31320, 0.35968, -15.628),
        (550, 0.32129, 0.36011, -23.325), (575, 0.32931, 0.36038, -40.770), (600, 0.33724, 0.36051, -116.45),
    ];

    /// <summary>Kelvin, from 1667; infinity beyond the blue end.</summary>
    public static double Of(double x, double y)
    {
        double u = 2 * x / (1.5 - x + 6 * y), v = 3 * y / (1.5 - x + 6 * y), before = 0;
        for (int i = 0; i < Lines.Length; i++)
        {
            var (mired, lineU, lineV, slope) = Lines[i];
            // Distance to the line, positive on its blue side.
            double distance = (v - lineV - slope * (u - lineU)) / Math.Sqrt(1 + slope * slope);
            if (distance <= 0 || i == Lines.Length - 1)
            {
                if (i == 0)
                    return double.PositiveInfinity;
                double share = distance <= 0 ? before / (before - distance) : 1;
                return 1e6 / (Lines[i - 1].Mired + share * (mired - Lines[i - 1].Mired));
            }
            before = distance;
        }
        throw new InvalidOperationException("The table has a last line.");
    }

    /// <summary>
    /// Kelvin of a value of the Exif tag LightSource, as which DNG names its calibration illuminants; null for one without. Fluorescent
    /// lights are given as ranges, of which this is the middle.
    /// </summary>
    public static double? OfLightSource(uint lightSource) => lightSource switch
    {
        3 or 17 => 2856,            // tungsten, standard light A
        24 => 3200,                 // ISO studio tungsten
        16 => 2925,                 // warm white fluorescent, 2600 to 3250 K
        15 => 3525,                 // white fluorescent, 3250 to 3800 K
        2 or 14 => 4150,            // fluorescent, cool white fluorescent, 3800 to 4500 K
        18 => 4874,                 // standard light B
        23 => 5003,                 // D50
        13 => 5050,                 // day white fluorescent, 4600 to 5500 K
        1 or 4 or 9 or 20 => 5503,  // daylight, flash, fine weather, D55
        12 => 6400,                 // daylight fluorescent, 5700 to 7100 K
        10 or 21 => 6504,           // cloudy weather, D65
        19 => 6774,                 // standard light C
        11 or 22 => 7504,           // shade, D75
        _ => null,
    };
}
