using System.Globalization;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>Prints the weights of a <see cref="ParametrizedIsp"/>, one parameter a line, with what they mean.</summary>
internal static class ParametrizedIspText
{
    public static string Describe(ParametrizedIsp isp)
    {
        var text = new StringBuilder($"Parametrised ISP, {isp.Options.Convention} convention, camera {isp.Options.Camera.Name}, {isp.Options.Camera.Cfa}\n");
        Line("black level", isp.BlackLevel, "of full scale, per position of the 2×2 cell");
        Line("white balance", isp.WhiteBalance, "× R, G, B");
        Line("colour matrix", isp.ColorMatrix, "camera RGB → linear sRGB, row by row");
        Line("sharpening", isp.Sharpening, "3×3 on luma, row by row");
        Line("blur", isp.Blur, "5×5 on luma, row by row");
        Line("gamma", isp.Gamma, "output = v^(1/γ)");
        Line("demosaicing", isp.Demosaicing, "[out, in, 3, 3]");
        if (isp.Additive is { } additive)
        {
            using var largest = additive.detach().abs().max();
            text.Append(CultureInfo.InvariantCulture, $"  additive layer   largest magnitude {largest.ToDouble():0.####}\n");
        }
        return text.ToString();

        void Line(string name, Tensor values, string meaning) =>
            text.Append(CultureInfo.InvariantCulture, $"  {name,-16} {string.Join(' ', Values(values).Select(v => v.ToString("0.####", CultureInfo.InvariantCulture)))}   ({meaning})\n");
    }

    private static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
