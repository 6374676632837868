using Lens2Logit.IO.Dng;
using Lens2Logit.Isp;

namespace Lens2Logit.Tests.IO;

/// <summary>White balance and colour matrix of a DNG against cameras for which the specification's chapter 6 can be done by hand.</summary>
public class DngColorTests
{
    private static readonly byte[] Rggb = [0, 1, 1, 2];

    // From linear sRGB to XYZ under D50, as ICC profiles of sRGB hold it (Bradford).
    private static readonly double[] SrgbToXyzD50 = [0.4360747, 0.3850649, 0.1430804, 0.2225045, 0.7168786, 0.0606169, 0.0139322, 0.0971045, 0.7141733];

    [Test]
    public void A_camera_that_sees_linear_sRGB_needs_no_correction()
    {
        var camera = Camera(Dng());
        Assert.That(camera.WhiteBalance, Is.EqualTo(new double[] { 1, 1, 1 }));
        Assert.That(camera.ColorMatrix, Is.EqualTo(CameraParameters.Identity.ColorMatrix).Within(2e-4));
    }

    [Test]
    public void The_white_balance_is_the_inverse_of_the_neutral_with_least_factor_1()
    {
        Assert.That(Camera(Dng().Rationals(50728, 0.5, 1, 0.8)).WhiteBalance, Is.EqualTo(new[] { 2, 1, 1.25 }).Within(1e-9));
        Assert.That(Camera(Dng().Rationals(50728, 1, 2.477, 1.462)).WhiteBalance, Is.EqualTo(new[] { 2.477, 1, 2.477 / 1.462 }).Within(1e-6));
    }

    [Test]
    public void Grey_stays_grey_under_every_light([Values(0.4, 0.8, 1.6)] double red, [Values(0.5, 1.2)] double blue)
    {
        var matrix = Camera(Dng().Rationals(50728, red, 1, blue)).ColorMatrix;
        for (int row = 0; row < 3; row++)
            Assert.That(matrix[3 * row] + matrix[3 * row + 1] + matrix[3 * row + 2], Is.EqualTo(1).Within(2e-4));
    }

    // The gains of channels cancel: what analog balance or the camera's calibration multiply, the white balance divides.
    [Test]
    public void Analog_balance_and_calibration_belong_to_the_camera()
    {
        double[] gains = [1.5, 1, 0.7], diagonal = [1.5, 0, 0, 0, 1, 0, 0, 0, 0.7];
        foreach (var dng in new[] { Dng().Rationals(50727, gains), Dng().Rationals(50723, diagonal) })
        {
            var camera = Camera(dng.Rationals(50728, gains));
            Assert.That(camera.WhiteBalance, Is.EqualTo(gains.Select(g => 1.5 / g)).Within(1e-6));
            Assert.That(camera.ColorMatrix, Is.EqualTo(CameraParameters.Identity.ColorMatrix).Within(2e-4));
        }
        var other = Camera(Dng().Rationals(50723, diagonal).Text(50931, "com.example"));
        Assert.That(other.ColorMatrix, Is.EqualTo(CameraParameters.Identity.ColorMatrix).Within(2e-4), "a calibration of another profile is not used");
    }

    [Test]
    public void A_forward_matrix_goes_before_the_colour_matrix()
    {
        // The colour matrix says something else: only the white is taken from it.
        var camera = Camera(Dng().Rationals(50721, 0.9, 0.1, 0, 0, 1, 0, 0.05, 0, 0.8).Rationals(50964, SrgbToXyzD50).Rationals(50728, 0.6, 1, 0.7));
        Assert.That(camera.ColorMatrix, Is.EqualTo(CameraParameters.Identity.ColorMatrix).Within(3e-4));
    }

    [Test]
    public void Two_illuminants_are_mixed_by_the_reciprocal_of_the_temperature()
    {
        // Forward matrices that exchange nothing but scale blue show the share of each; white is D50 by AsShotWhiteXY.
        double[] first = [.. SrgbToXyzD50.Select((v, i) => i % 3 == 2 ? 2 * v : v)];
        var camera = Camera(Dng().Without(50728).Rationals(50729, 0.3457, 0.3585).Shorts(50778, 17).Shorts(50779, 21)
            .Rationals(50722, TiffBuilder.XyzToSrgb).Rationals(50964, first).Rationals(50965, SrgbToXyzD50));
        double share = (1 / 5003.0 - 1 / 6504.0) / (1 / 2856.0 - 1 / 6504.0);
        // Normalised to the luminance of white, to which blue adds 0.0606 times what it is scaled by.
        double scale = 1 + share, luminance = 1 + 0.0606169 * share;
        Assert.That(camera.ColorMatrix[8], Is.EqualTo(scale / luminance).Within(2e-3));
        Assert.That(camera.ColorMatrix[0], Is.EqualTo(1 / luminance).Within(2e-3));
    }

    [Test]
    public void Beyond_both_illuminants_the_nearer_one_holds_alone()
    {
        double[] first = [.. SrgbToXyzD50.Select((v, i) => i % 3 == 2 ? 2 * v : v)];
        var dng = Dng().Without(50728).Rationals(50722, TiffBuilder.XyzToSrgb).Rationals(50964, first).Rationals(50965, SrgbToXyzD50).Shorts(50778, 17).Shorts(50779, 21);
        Assert.That(Camera(dng.Rationals(50729, 0.2807, 0.2884)).ColorMatrix[8], Is.EqualTo(1).Within(1e-3), "10,000 K");
        Assert.That(Camera(dng.Rationals(50729, 0.5267, 0.4133)).ColorMatrix[8], Is.EqualTo(2 / 1.0606169).Within(1e-3), "2,000 K");
    }

    [Test]
    public void The_white_of_a_neutral_is_found_between_two_different_matrices()
    {
        // The second camera's channels are scaled: the neutral of D55 light depends on the mix, which depends on D55's own temperature.
        double[] second = [.. TiffBuilder.XyzToSrgb.Select((v, i) => i < 3 ? 0.6 * v : v)];
        var byWhite = Camera(Dng().Without(50728).Rationals(50729, 0.3324, 0.3474).Shorts(50778, 17).Shorts(50779, 21).Rationals(50722, second));
        double[] neutral = [.. byWhite.WhiteBalance.Select(g => 1 / g)];
        var byNeutral = Camera(Dng().Rationals(50728, neutral).Shorts(50778, 17).Shorts(50779, 21).Rationals(50722, second));
        Assert.That(byNeutral.ColorMatrix, Is.EqualTo(byWhite.ColorMatrix).Within(1e-4));
    }

    [TestCase(0.44757, 0.40745, 2856)]
    [TestCase(0.34567, 0.35850, 5003)]
    [TestCase(0.33242, 0.34743, 5503)]
    [TestCase(0.31271, 0.32902, 6504)]
    [TestCase(0.29902, 0.31485, 7504)]
    public void Colour_temperatures_are_those_of_the_standard_illuminants(double x, double y, double kelvin) =>
        Assert.That(ColorTemperature.Of(x, y), Is.EqualTo(kelvin).Within(0.3).Percent);

    private static TiffBuilder Dng() => TiffBuilder.Dng(RawFiles.Codes(4, 4, 16), 4, 4, 16, Rggb);

    private static CameraParameters Camera(TiffBuilder dng) => RawReading.Read(dng).Info.Camera!;
}
