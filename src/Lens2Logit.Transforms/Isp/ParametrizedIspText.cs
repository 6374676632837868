using System.Globalization;
using System.Text;
using Lens2Logit.Demosaicing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>Prints the weights of a <see cref="ParametrizedIsp"/>, one parameter a line, with what they mean; rows of a matrix are parted by semicolons.</summary>
internal static class ParametrizedIspText
{
    private static readonly string[] Colors = ["R", "G", "B"];
    private static readonly string[] MalvarFilters = ["green at red or blue", "at green, the colour in its row", "at green, the colour in its column", "red at blue and back"];

    public static string Describe(ParametrizedIsp isp)
    {
        var text = new StringBuilder();
        var start = isp.Options.Start;
        text.AppendLine(CultureInfo.InvariantCulture, $"Parametrised ISP for camera {isp.Options.Camera.Name} ({isp.Options.Camera.Cfa}), started as {start}, {isp.Options.Convention} convention");
        Line("black level", Matrix(isp.BlackLevel, 2), "share of full scale, at the positions of the 2×2 cell");
        Line("white balance", Matrix(isp.WhiteBalance, 3), "factors of R, G, B");
        Line("colour matrix", Matrix(isp.ColorMatrix, 3), "white-balanced camera RGB → linear sRGB");
        if (start.Sharpening == SharpeningMethod.Filter)
        {
            Line("sharpening", Matrix(isp.Sharpening, 3), "kernel on luma");
        }
        else
        {
            Line("unsharp radius", Matrix(isp.UnsharpRadius, 1), "σ in pixels, on luma");
            Line("unsharp amount", Matrix(isp.UnsharpAmount, 1), "share of the difference to the blurred luma that is added");
        }
        if (start.Denoising == DenoisingMethod.Gaussian)
            Line("blur", Matrix(isp.Blur, 5), "kernel on luma");
        Line("gamma γ", Matrix(isp.Gamma, 1), "output = v^(1/γ)");
        for (int channel = 0; channel < 3 && start.Demosaicing == DemosaicMethod.Bilinear; channel++)
        {
            using var kernel = isp.Demosaicing[channel, channel];
            Line($"demosaicing {Colors[channel]}", Matrix(kernel, 3), "kernel from its own colour");
        }
        if (start.Demosaicing == DemosaicMethod.Bilinear)
            Line("demosaicing", LargestCrossWeight(isp.Demosaicing), "largest weight from another colour");
        for (int filter = 0; filter < MalvarFilters.Length && start.Demosaicing == DemosaicMethod.Malvar2004; filter++)
        {
            using var kernel = isp.Demosaicing[filter];
            Line("demosaicing", Matrix(kernel, 5), MalvarFilters[filter]);
        }
        if (isp.Additive is { } additive)
            Line("additive layer", Number(BoundedParameters.Values(additive).Max(Math.Abs)), "largest magnitude");
        return text.ToString();

        void Line(string name, string values, string meaning) => text.AppendLine(CultureInfo.InvariantCulture, $"  {name,-15} {values}   ({meaning})");
    }

    private static string Matrix(Tensor tensor, int columns) =>
        string.Join("; ", BoundedParameters.Values(tensor).Chunk(columns).Select(row => string.Join(' ', row.Select(Number))));

    private static string LargestCrossWeight(Tensor demosaicing)
    {
        var values = BoundedParameters.Values(demosaicing);
        var (value, index) = values.Select((v, i) => (v, i)).Where(w => w.i / 27 != w.i / 9 % 3).MaxBy(w => Math.Abs(w.v));
        return value == 0 ? "0" : $"{Number(value)}, {Colors[index / 9 % 3]} → {Colors[index / 27]}";
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
