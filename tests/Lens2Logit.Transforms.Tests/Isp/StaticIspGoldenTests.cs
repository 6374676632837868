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
        var (actual, expected) = (Run<double>(Isp(test), Golden.Input(test)), Golden.ToPlanar(Golden.Output(test)));

        Assert.That(Golden.MaximumDifference(actual, expected), Is.LessThanOrEqualTo(test.GetProperty("atol").GetDouble()));
    }

    [TestCaseSource(nameof(Pipelines))]
    public void Single_equals_the_reference_within_float_precision(string name)
    {
        var test = Golden.Case(name);
        var input = Golden.Input(test);
        var expected = Golden.ToPlanar(Golden.Output(test));
        var isp = Isp(test);
        var precision = new SinglePrecision(isp, input.Values, input.Shape[0], input.Shape[1], expected);

        precision.Require(Run<float>(isp, input), "the product");
        precision.Require(RunPlain<float>(isp, input), "the plain pipeline");
        Assert.That(precision.LeftOut, Is.LessThan(expected.Length / 20), "values left out beside near-ties");
    }

    [TestCaseSource(nameof(Pipelines))]
    public void Single_before_gamma_equals_double_within_float_precision(string name)
    {
        var test = Golden.Case(name);
        var input = Golden.Input(test);
        var linear = new StaticIsp(Isp(test).Camera, Isp(test).Configuration, gamma: 1);
        var precision = new SinglePrecision(linear, input.Values, input.Shape[0], input.Shape[1], Run<double>(linear, input));

        precision.Require(Run<float>(linear, input), "the product");
        precision.Require(RunPlain<float>(linear, input), "the plain pipeline");
    }

    [TestCaseSource(nameof(Stages))]
    public void Each_stage_equals_the_reference(string name)
    {
        var test = Golden.Case(name);
        var (actual, expected) = RunStage<double>(name, test);
        Assert.That(Golden.MaximumDifference(actual, expected), Is.LessThanOrEqualTo(test.GetProperty("atol").GetDouble()));
    }

    [TestCaseSource(nameof(Stages))]
    public void Each_stage_in_single_precision_equals_the_reference(string name)
    {
        var test = Golden.Case(name);
        var (actual, expected) = RunStage<float>(name, test);
        double scale = Math.Max(1, expected.Max(Math.Abs));
        Assert.That(Golden.MaximumDifference(Array.ConvertAll(actual, v => (double)v), expected), Is.LessThanOrEqualTo((name.EndsWith("gamma", StringComparison.Ordinal) ? 2e-6 : 1e-6) * scale));
    }

    private static IEnumerable<string> Stages() => Golden.Names("a_stage");

    /// <summary>
    /// Runs the stage a case names. The reference converts to YUV and back; ours filters Y alone and adds its change to R, G and B. So of
    /// the conversion to YUV the product has Y, and of the way back what a change of Y does.
    /// </summary>
    private static (T[] Actual, double[] Expected) RunStage<T>(string name, JsonElement test)
        where T : struct, IFloatingPointIeee754<T>
    {
        var input = Golden.Input(test);
        int height = input.Shape[0], width = input.Shape[1], pixels = height * width;
        var parameters = test.GetProperty("parameters");
        bool planar = input.Shape.Length == 3;
        var output = Golden.Output(test);
        var expected = output.Shape.Length == 3 ? Golden.ToPlanar(output) : output.Values;
        var given = Array.ConvertAll(planar ? Golden.ToPlanar(input) : input.Values, T.CreateChecked);
        var result = planar ? given : new T[expected.Length];

        switch (name["a_stage_".Length..])
        {
            case "remove_blacklv_Microscopy" or "remove_blacklv_Drone":
                PlainStaticIsp.SubtractBlackLevel<T>(given, height, width, Golden.Doubles(parameters.GetProperty("black_level")), result);
                break;
            case "wb_Microscopy" or "wb_Drone":
                PlainStaticIsp.CorrectColor<T>(result, Golden.Doubles(parameters.GetProperty("white_balance")), CameraParameters.Identity.ColorMatrix);
                break;
            case "ccm_Microscopy" or "ccm_Drone":
                PlainStaticIsp.CorrectColor<T>(result, [1, 1, 1], Golden.Doubles(parameters.GetProperty("colour_matrix")));
                break;
            case "demosaic_bilinear": Demosaic.Bilinear<T>(given, height, width, CfaPattern.Rggb, result); break;
            case "demosaic_malvar2004": Demosaic.Malvar2004<T>(given, height, width, CfaPattern.Rggb, result); break;
            case "demosaic_menon2007": Demosaic.Menon2007<T>(given, height, width, CfaPattern.Rggb, result); break;
            case "demosaic_menon2007_norefine": Demosaic.Menon2007<T>(given, height, width, CfaPattern.Rggb, result, refine: false); break;
            case "sharpening_filter": PlainStaticIsp.Sharpen<T>(result, height, width); break;
            case "unsharp_masking_asPipeline": PlainStaticIsp.UnsharpMask<T>(result, height, width, verticalOnly: true); break;
            case "unsharp_masking_2d": PlainStaticIsp.UnsharpMask<T>(result, height, width, verticalOnly: false); break;
            case "median_denoising": PlainStaticIsp.MedianDenoise<T>(result, height, width); break;
            case "gaussian_denoising": PlainStaticIsp.GaussianDenoise<T>(result, height, width); break;
            case "fft_denoising": FourierDenoising.Apply<T>(result, height, width); break;
            case "clip_gamma": PlainStaticIsp.ClipAndGamma<T>(result, parameters.GetProperty("gamma").GetDouble()); break;
            case "rgb2yuv":
                result = PlainStaticIsp.Luma<T>(given);
                expected = expected[..pixels];
                break;
            case "yuv2rgb":
                result = Chroma(given, pixels);
                PlainStaticIsp.ReplaceLuma<T>(result, new T[pixels], given.AsSpan(0, pixels));
                break;
            default: Assert.Fail($"no stage for {name}"); break;
        }
        return (result, expected);
    }

    /// <summary>[3, H, W]: what U and V give without Y, by the reference's matrix.</summary>
    private static T[] Chroma<T>(T[] yuv, int pixels)
        where T : struct, IFloatingPointIeee754<T>
    {
        var rgb = new T[3 * pixels];
        var matrix = Golden.Json("manifest.json").GetProperty("constants").GetProperty("skimage_rgb_from_yuv");
        for (int channel = 0; channel < 3; channel++)
        {
            T fromU = T.CreateChecked(matrix[channel][1].GetDouble()), fromV = T.CreateChecked(matrix[channel][2].GetDouble());
            for (int i = 0; i < pixels; i++)
                rgb[channel * pixels + i] = fromU * yuv[pixels + i] + fromV * yuv[2 * pixels + i];
        }
        return rgb;
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

    private static T[] Run<T>(StaticIsp isp, NpyFile input)
        where T : struct, IFloatingPointIeee754<T>
    {
        var rgb = new T[3 * input.Values.Length];
        isp.Process<T>(Array.ConvertAll(input.Values, T.CreateChecked), input.Shape[0], input.Shape[1], rgb);
        return rgb;
    }

    private static T[] RunPlain<T>(StaticIsp isp, NpyFile input)
        where T : struct, IFloatingPointIeee754<T>
    {
        var rgb = new T[3 * input.Values.Length];
        PlainStaticIsp.Process<T>(isp, Array.ConvertAll(input.Values, T.CreateChecked), input.Shape[0], input.Shape[1], rgb);
        return rgb;
    }
}
