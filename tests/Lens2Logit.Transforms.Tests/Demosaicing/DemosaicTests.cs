using Lens2Logit.Demosaicing;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Demosaicing;

/// <summary>Golden numbers exist for RGGB alone; the other patterns follow by symmetry, and from the published Lighthouse set.</summary>
public class DemosaicTests
{
    private const int Height = 22, Width = 26;

    [Test]
    public void Bggr_is_rggb_with_red_and_blue_exchanged([Values] DemosaicMethod method)
    {
        var raw = Mosaic();
        var rggb = Run(method, raw, CfaPattern.Rggb);
        var bggr = Run(method, raw, CfaPattern.Bggr);
        int pixels = raw.Length;

        Assert.That(bggr[..pixels], Is.EqualTo(rggb[(2 * pixels)..]).Within(1e-12));
        Assert.That(bggr[pixels..(2 * pixels)], Is.EqualTo(rggb[pixels..(2 * pixels)]).Within(1e-12));
        Assert.That(bggr[(2 * pixels)..], Is.EqualTo(rggb[..pixels]).Within(1e-12));
    }

    // A mirrored RGGB mosaic is GRBG (left to right) or GBRG (top to bottom). Menon's decision looks past the right and lower edge
    // only, so that it is symmetric in the interior alone.
    [TestCase(DemosaicMethod.Bilinear, 0)]
    [TestCase(DemosaicMethod.Malvar2004, 0)]
    [TestCase(DemosaicMethod.Menon2007, 6)]
    public void Grbg_and_gbrg_are_mirrored_rggb(DemosaicMethod method, int margin)
    {
        var raw = Mosaic();
        var rggb = Run(method, raw, CfaPattern.Rggb);
        var grbg = Flip(Run(method, Flip(raw, horizontal: true), CfaPattern.Grbg), horizontal: true);
        var gbrg = Flip(Run(method, Flip(raw, horizontal: false), CfaPattern.Gbrg), horizontal: false);

        for (int channel = 0; channel < 3; channel++)
        {
            for (int y = margin; y < Height - margin; y++)
            {
                for (int x = margin; x < Width - margin; x++)
                {
                    int i = (channel * Height + y) * Width + x;
                    Assert.That(grbg[i], Is.EqualTo(rggb[i]).Within(1e-12), $"GRBG at {channel}, {y}, {x}");
                    Assert.That(gbrg[i], Is.EqualTo(rggb[i]).Within(1e-12), $"GBRG at {channel}, {y}, {x}");
                }
            }
        }
    }

    [Test]
    public void A_uniform_color_is_reproduced_in_the_interior([Values] DemosaicMethod method, [BayerPatterns] CfaPattern pattern, [Values(21, 22)] int height, [Values(25, 26)] int width)
    {
        double[] color = [0.2, 0.5, 0.7];
        var raw = new double[height * width];
        for (int i = 0; i < raw.Length; i++)
            raw[i] = color[pattern.ChannelAt(i / width, i % width)];
        var rgb = new double[3 * raw.Length];
        Demosaic.Apply<double>(method, raw, height, width, pattern, rgb);

        // Malvar's edges shift the Bayer phase; inside, odd sizes included, every method is exact on a constant.
        for (int channel = 0; channel < 3; channel++)
            for (int y = 3; y < height - 3; y++)
                for (int x = 3; x < width - 3; x++)
                    Assert.That(rgb[(channel * height + y) * width + x], Is.EqualTo(color[channel]).Within(1e-12), $"{channel}, {y}, {x}");
    }

    [Test]
    public void The_published_lighthouse_results_are_reproduced(
        [Values("Bilinear", "Malvar2004", "Menon2007", "Menon2007_NR")] string method, [BayerPatterns] CfaPattern pattern, [Values("tl", "fence")] string crop)
    {
        var folder = TestData.Require("demosaic");
        var name = pattern.ToString().ToUpperInvariant();
        var cfa = NpyFile.Read(Path.Combine(folder, $"Lighthouse_CFA_{name}_{crop}.npy"));
        var expected = Golden.ToPlanar(NpyFile.Read(Path.Combine(folder, $"Lighthouse_{method}_{name}_{crop}.npy")));
        int height = cfa.Shape[0], width = cfa.Shape[1];
        var actual = new double[expected.Length];
        switch (method)
        {
            case "Bilinear": Demosaic.Bilinear<double>(cfa.Values, height, width, pattern, actual); break;
            case "Malvar2004": Demosaic.Malvar2004<double>(cfa.Values, height, width, pattern, actual); break;
            default: Demosaic.Menon2007<double>(cfa.Values, height, width, pattern, actual, refine: method == "Menon2007"); break;
        }

        // The crops were cut from larger results: beyond 16 pixels from a cut edge they must agree.
        const int cut = 16;
        int first = crop == "tl" ? 0 : cut;
        for (int channel = 0; channel < 3; channel++)
            for (int y = first; y < height - cut; y++)
                for (int x = first; x < width - cut; x++)
                {
                    int i = (channel * height + y) * width + x;
                    Assert.That(actual[i], Is.EqualTo(expected[i]).Within(1e-6), $"{channel}, {y}, {x}");
                }
    }

    [Test]
    public void Wrong_lengths_and_tiny_images_are_named()
    {
        Assert.That(() => Demosaic.Bilinear<float>(new float[15], 4, 4, CfaPattern.Rggb, new float[48]),
            Throws.ArgumentException.With.Message.Contains("'raw' has 15 values").And.Message.Contains("16"));
        Assert.That(() => Demosaic.Malvar2004<float>(new float[16], 4, 4, CfaPattern.Rggb, new float[47]),
            Throws.ArgumentException.With.Message.Contains("'rgb' has 47 values").And.Message.Contains("48"));
        Assert.That(() => Demosaic.Menon2007<float>(new float[12], 3, 4, CfaPattern.Rggb, new float[36]),
            Throws.ArgumentException.With.Message.Contains("3×4").And.Message.Contains("4×4"));
    }

    private static double[] Run(DemosaicMethod method, double[] raw, CfaPattern pattern)
    {
        var rgb = new double[3 * raw.Length];
        Demosaic.Apply<double>(method, raw, Height, Width, pattern, rgb);
        return rgb;
    }

    private static double[] Mosaic()
    {
        var random = new Random(5);
        var raw = new double[Height * Width];
        for (int i = 0; i < raw.Length; i++)
            raw[i] = random.NextDouble();
        return raw;
    }

    private static double[] Flip(double[] planes, bool horizontal)
    {
        var flipped = new double[planes.Length];
        for (int i = 0; i < planes.Length; i++)
        {
            int plane = i / (Height * Width), y = i / Width % Height, x = i % Width;
            int source = horizontal ? (plane * Height + y) * Width + Width - 1 - x : (plane * Height + Height - 1 - y) * Width + x;
            flipped[i] = planes[source];
        }
        return flipped;
    }
}
