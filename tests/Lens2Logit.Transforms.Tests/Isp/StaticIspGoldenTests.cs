using System.Numerics;
using System.Text.Json;
using Lens2Logit.Demosaicing;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Isp;

/// <summary>The static pipelines against the reference implementation.</summary>
public class StaticIspGoldenTests
{
    private static IEnumerable<string> Pipelines() => Golden.Names("a_").Where(n => !n.StartsWith("a_stage", StringComparison.Ordinal));

    [TestCaseSource(nameof(Pipelines))]
    public void Double_equals_the_reference(string name)
    {
        var test = Golden.Case(name);
        var (actual, expected) = (Run<double>(test), Golden.ToPlanar(Golden.Output(test)));

        Assert.That(Golden.MaximumDifference(actual, expected), Is.LessThanOrEqualTo(test.GetProperty("atol").GetDouble()));
    }

    /// <summary>
    /// Precision of float32, with s = max(1, ‖linear‖∞), because colour correction takes some inputs to 8 before the clip:
    /// 2e-6·s after gamma where the linear value is at least 1e-3, below that a linear error of 1e-6·s seen through gamma. Pixels that depend on a near-tie of Menon's decision may fall either way and are left out, but counted.
    /// </summary>
    [TestCaseSource(nameof(Pipelines))]
    public void Single_equals_the_reference_within_float_precision(string name)
    {
        var test = Golden.Case(name);
        var expected = Golden.ToPlanar(Golden.Output(test));
        var actual = Run<float>(test);
        var doubtful = Doubtful(test);
        var isp = Isp(test);
        double linearScale = Math.Max(1, LinearMaximum(test));
        int left = 0;

        for (int i = 0; i < expected.Length; i++)
        {
            if (doubtful[i % doubtful.Length])
            {
                left++;
                continue;
            }
            double linear = Math.Pow(expected[i], isp.Gamma);
            double tolerance = linear >= 1e-3 ? 2e-6 * linearScale : SlopeTolerance(linear, 1e-6 * linearScale, isp.Gamma);
            if (Math.Abs(actual[i] - expected[i]) > tolerance)
                Assert.Fail($"value {i}: {actual[i]:R}, expected {expected[i]:R}, tolerance {tolerance:E2}");
        }
        Assert.That(left, Is.LessThan(expected.Length / 50), "values left out beside near-ties");
    }

    [TestCaseSource(nameof(Stages))]
    public void Each_stage_equals_the_reference(string name)
    {
        var test = Golden.Case(name);
        var input = Golden.Input(test);
        int height = input.Shape[0], width = input.Shape[1];
        var parameters = test.GetProperty("parameters");
        var expected = input.Shape.Length == 2 && name.Contains("blacklv", StringComparison.Ordinal) ? Golden.Output(test).Values : Golden.ToPlanar(Golden.Output(test));
        var actual = input.Shape.Length == 2 ? new double[expected.Length] : Golden.ToPlanar(input);

        switch (name["a_stage_".Length..])
        {
            case "remove_blacklv_Microscopy" or "remove_blacklv_Drone":
                PlainStaticIsp.SubtractBlackLevel<double>(input.Values, height, width, Golden.Doubles(parameters.GetProperty("black_level")), actual);
                break;
            case "wb_Microscopy" or "wb_Drone":
                PlainStaticIsp.CorrectColor<double>(actual, Golden.Doubles(parameters.GetProperty("white_balance")), CameraParameters.Identity.ColorMatrix);
                break;
            case "ccm_Microscopy" or "ccm_Drone":
                PlainStaticIsp.CorrectColor<double>(actual, [1, 1, 1], Golden.Doubles(parameters.GetProperty("colour_matrix")));
                break;
            case "demosaic_bilinear": Demosaic.Bilinear<double>(input.Values, height, width, CfaPattern.Rggb, actual); break;
            case "demosaic_malvar2004": Demosaic.Malvar2004<double>(input.Values, height, width, CfaPattern.Rggb, actual); break;
            case "demosaic_menon2007": Demosaic.Menon2007<double>(input.Values, height, width, CfaPattern.Rggb, actual); break;
            case "demosaic_menon2007_norefine": Demosaic.Menon2007<double>(input.Values, height, width, CfaPattern.Rggb, actual, refine: false); break;
            case "sharpening_filter": PlainStaticIsp.Sharpen<double>(actual, height, width); break;
            case "unsharp_masking_asPipeline": PlainStaticIsp.UnsharpMask<double>(actual, height, width, verticalOnly: true); break;
            case "unsharp_masking_2d": PlainStaticIsp.UnsharpMask<double>(actual, height, width, verticalOnly: false); break;
            case "median_denoising": PlainStaticIsp.MedianDenoise<double>(actual, height, width); break;
            case "gaussian_denoising": PlainStaticIsp.GaussianDenoise<double>(actual, height, width); break;
            case "fft_denoising": FourierDenoising.Apply<double>(actual, height, width); break;
            case "clip_gamma": PlainStaticIsp.ClipAndGamma<double>(actual, parameters.GetProperty("gamma").GetDouble()); break;
            default: Assert.Fail($"no stage for {name}"); break;
        }

        Assert.That(Golden.MaximumDifference(actual, expected), Is.LessThanOrEqualTo(test.GetProperty("atol").GetDouble()));
    }

    // The two colour space conversions have no stage of their own: only the luma row is used.
    private static IEnumerable<string> Stages() => Golden.Names("a_stage").Where(n => !n.Contains("yuv", StringComparison.Ordinal));

    [Test]
    public void Luma_weights_are_those_of_the_reference_and_luma_adds_equally_to_all_channels()
    {
        var constants = Golden.Json("manifest.json").GetProperty("constants");
        Assert.That(IspKernels.Luma.ToArray(), Is.EqualTo(Golden.Doubles(constants.GetProperty("skimage_yuv_from_rgb")[0])));
        foreach (var row in constants.GetProperty("skimage_rgb_from_yuv").EnumerateArray())
            Assert.That(row[0].GetDouble(), Is.EqualTo(1).Within(1e-15));
    }

    private static StaticIsp Isp(JsonElement test)
    {
        var parameters = test.GetProperty("parameters");
        var configuration = new IspConfiguration(
            parameters.GetProperty("debayer").GetString() switch
            {
                "bilinear" => DemosaicMethod.Bilinear,
                "malvar2004" => DemosaicMethod.Malvar2004,
                _ => DemosaicMethod.Menon2007,
            },
            parameters.GetProperty("sharpening").GetString() == "sharpening_filter" ? SharpeningMethod.Filter : SharpeningMethod.VerticalUnsharpMask,
            parameters.GetProperty("denoising").GetString() switch
            {
                "median_denoising" => DenoisingMethod.Median,
                "gaussian_denoising" => DenoisingMethod.Gaussian,
                _ => DenoisingMethod.Fourier,
            });
        return new(Golden.Camera(parameters.GetProperty("camera").GetString()!), configuration);
    }

    private static double[] Run<T>(JsonElement test)
        where T : struct, IFloatingPointIeee754<T>
    {
        var input = Golden.Input(test);
        var raw = Array.ConvertAll(input.Values, T.CreateChecked);
        var rgb = new T[3 * raw.Length];
        Isp(test).Process<T>(raw, input.Shape[0], input.Shape[1], rgb);
        return Array.ConvertAll(rgb, double.CreateChecked);
    }

    /// <summary>The largest magnitude before the clip: the pipeline run in double without its last step.</summary>
    private static double LinearMaximum(JsonElement test)
    {
        var input = Golden.Input(test);
        var camera = Isp(test).Camera;
        var mosaic = new double[input.Values.Length];
        PlainStaticIsp.SubtractBlackLevel<double>(input.Values, input.Shape[0], input.Shape[1], camera.BlackLevel, mosaic);
        var rgb = new double[3 * mosaic.Length];
        Demosaic.Bilinear<double>(mosaic, input.Shape[0], input.Shape[1], camera.Cfa, rgb);
        PlainStaticIsp.CorrectColor<double>(rgb, camera.WhiteBalance, camera.ColorMatrix);
        return rgb.Max(Math.Abs);
    }

    private static double SlopeTolerance(double linear, double error, double gamma) =>
        Math.Pow(linear + error, 1 / gamma) - Math.Pow(Math.Max(0, linear - error), 1 / gamma);

    private static bool[] Doubtful(JsonElement test)
    {
        var input = Golden.Input(test);
        int height = input.Shape[0], width = input.Shape[1];
        var doubtful = new bool[input.Values.Length];
        var isp = Isp(test);
        if (isp.Configuration.Demosaicing != DemosaicMethod.Menon2007)
            return doubtful;
        var mosaic = new double[input.Values.Length];
        PlainStaticIsp.SubtractBlackLevel<double>(input.Values, height, width, isp.Camera.BlackLevel, mosaic);
        var margin = Demosaic.MenonDecisionMargin<double>(mosaic, height, width, isp.Camera.Cfa);
        const double tie = 1e-6;
        const int reach = 6; // refining, sharpening and denoising spread a decision this far
        for (int i = 0; i < margin.Length; i++)
        {
            if (Math.Abs(margin[i]) >= tie || isp.Camera.Cfa.ChannelAt(i / width, i % width) == 1)
                continue;
            for (int y = Math.Max(0, i / width - reach); y <= Math.Min(height - 1, i / width + reach); y++)
                for (int x = Math.Max(0, i % width - reach); x <= Math.Min(width - 1, i % width + reach); x++)
                    doubtful[y * width + x] = true;
        }
        return doubtful;
    }
}
