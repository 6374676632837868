using System.Buffers.Binary;
using System.Security.Cryptography;
using Lens2Logit.IO;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.IO;

/// <summary>Files from cameras, against what other programs make of them. They are optional test data.</summary>
public class RealRawFileTests
{
    // SHA-256 of the pixels as dcraw 9.28 writes them (-D -4, big-endian samples): cropped to the active area, linearised, nothing else.
    [TestCase("tinydng", "colorchart.dng", 1156, 1734, 14, CfaPattern.Rggb, "906616F86D33EF90ECE6FD04D82AE9BE26A94D30B7D327790C609AC717250CA8")]
    [TestCase("twelvemonkeys", "test.dng", 1112, 1952, 16, CfaPattern.Gbrg, "DA567FF55AA89E5D45DDCAE4FA4201CA3DBC13AF403FED131236A9ADDB44E203")]
    public void Every_pixel_is_that_of_dcraw(string folder, string name, int height, int width, int bits, CfaPattern pattern, string hash)
    {
        var image = RawImageReader.Read(TestData.Require("raw", folder, name));
        Assert.That((image.Height, image.Width, image.Info.BitDepth, image.Info.Camera!.Cfa), Is.EqualTo((height, width, bits, pattern)));
        var bytes = new byte[2 * image.Values.Length];
        for (int i = 0; i < image.Values.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2 * i), (ushort)MathF.Round(image.Values[i] * ((1 << bits) - 1)));
        Assert.That(Convert.ToHexString(SHA256.HashData(bytes)), Is.EqualTo(hash));
    }

    // dcraw prints the same factors ("Camera multipliers"), up to scale.
    [TestCase("tinydng", "colorchart.dng", 1.000000, 0.403714, 0.683995)]
    [TestCase("twelvemonkeys", "test.dng", 1.146526, 1.000000, 1.686910)]
    public void The_white_balance_is_that_of_dcraw(string folder, string name, double red, double green, double blue)
    {
        var factors = RawImageReader.ReadInfo(TestData.Require("raw", folder, name)).Camera!.WhiteBalance;
        Assert.That(factors, Is.EqualTo(new[] { red, green, blue }.Select(f => f * factors[1] / green)).Within(2e-5));
    }

    [Test]
    public void A_colour_chart_is_developed_with_its_colours_in_place()
    {
        var image = RawImageReader.Read(TestData.Require("raw", "tinydng", "colorchart.dng"));
        var view = image.Develop();
        // Patches of the chart's third row from the top: blue, green, red, yellow. The fourth goes from white to black. As dcraw develops
        // it too, the photo is warm: grey is not what its AsShotNeutral says.
        var (blue, green, red, yellow) = (Patch(707, 826), Patch(815, 826), Patch(925, 826), Patch(1035, 826));
        Assert.That(blue.B, Is.GreaterThan(1.5 * blue.R).And.GreaterThan(1.5 * blue.G), $"blue {blue}");
        Assert.That(green.G, Is.GreaterThan(green.R).And.GreaterThan(2 * green.B), $"green {green}");
        Assert.That(red.R, Is.GreaterThan(2 * red.G).And.GreaterThan(2 * red.B), $"red {red}");
        Assert.That(Math.Min(yellow.R, yellow.G), Is.GreaterThan(2 * yellow.B), $"yellow {yellow}");
        Assert.That(Enumerable.Range(0, 6).Select(i => Patch(705 + 110 * i, 930).G), Is.Ordered.Descending);

        (double R, double G, double B) Patch(int x, int y)
        {
            var sums = new double[3];
            for (int i = 0; i < 21 * 21; i++)
            {
                for (int channel = 0; channel < 3; channel++)
                    sums[channel] += view[(channel * image.Height + y - 10 + i / 21) * image.Width + x - 10 + i % 21] / 441;
            }
            return (sums[0], sums[1], sums[2]);
        }
    }

    // The pictures of mushfiqulalam/isp: black and white level applied, full scale 2^14 − 1, fractions cut off.
    [Test]
    public void The_black_level_stage_of_another_isp_is_met_within_one_digital_number()
    {
        const double maximum = 16383;
        var camera = CameraParameters.Identity with { Name = "Nikon D750", BlackLevel = [.. Enumerable.Repeat(600 / 65535.0, 4)], WhiteLevel = 15520 / 65535.0 };
        var raw = RawImageReader.Read(TestData.Require("raw", "nikon_d750_isp", "DSC_1339_768x512_rggb.raw"), new() { Camera = camera, Layout = new(512, 768) });
        var stage = RawImageReader.Read(TestData.Require("raw", "nikon_d750_isp", "ref_out_black_level_correction.png"));
        var linear = raw.ToLinearReference();
        Assert.That(linear.Zip(stage.Values, (ours, theirs) => ours * maximum - theirs * 65535), Is.All.InRange(-1.0, 1.0));
    }

    [Test]
    public void The_same_photo_in_four_bayer_orders_has_the_same_colours([BayerPatterns] CfaPattern pattern)
    {
        var name = $"DSC_1339_768x512_{pattern.ToString().ToLowerInvariant()}.raw";
        var camera = CameraParameters.Identity with { BlackLevel = [.. Enumerable.Repeat(600 / 65535.0, 4)], WhiteLevel = 15520 / 65535.0, WhiteBalance = [1.94921875, 1, 1.34375], Cfa = pattern };
        var image = RawImageReader.Read(TestData.Require("raw", "nikon_d750_isp", name), new() { Camera = camera, Layout = new(512, 768) });
        var view = image.Develop("bi,s,ga");
        var reference = RawImageReader.Read(TestData.Require("raw", "nikon_d750_isp", "DSC_1339_768x512_rggb.raw"), new() { Camera = camera with { Cfa = CfaPattern.Rggb }, Layout = new(512, 768) }).Develop("bi,s,ga");
        Assert.That(Enumerable.Range(0, 3).Select(c => view.Skip(c * 512 * 768).Take(512 * 768).Average()),
            Is.EqualTo(Enumerable.Range(0, 3).Select(c => reference.Skip(c * 512 * 768).Take(512 * 768).Average())).Within(2e-3));
    }

    [Test]
    public void A_grey_png_mosaic_is_read()
    {
        var image = RawImageReader.Read(TestData.Require("raw", "halide", "bayer_small.png"), new() { Camera = CameraParameters.Identity with { Cfa = CfaPattern.Grbg } });
        Assert.That((image.Height, image.Width, image.Info.BitDepth), Is.EqualTo((344, 256, 16)));
        Assert.That(image.Values.Max() * 65535, Is.LessThan(1100), "ten bits in sixteen");
    }
}
