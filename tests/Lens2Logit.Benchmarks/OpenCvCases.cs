using OpenCvSharp;

namespace Lens2Logit.Benchmarks;

/// <summary>OpenCV's demosaicing, the step that it has in common with our pipelines.</summary>
internal static class OpenCvCases
{
    public static IEnumerable<TimedCase> All() =>
    [
        .. Sized(256, 256, StaticIspCases.NameOf("bi,s,ga")),
        .. Sized(3000, 4000, $"{StaticIspCases.NameOf("ma,s,ga")}, 4000×3000"),
    ];

    private static TimedCase[] Sized(int height, int width, string ours) =>
    [
        Case("bilinear", ColorConversionCodes.BayerBG2BGR, height, width, ours),
        Case("edge-aware", ColorConversionCodes.BayerBG2BGR_EA, height, width, ours),
    ];

    private static TimedCase Case(string method, ColorConversionCodes code, int height, int width, string ours) =>
        new($"OpenCV demosaicing alone, {method}, {width}×{height}", IspSuite.Unit, height * width / 1e6, () =>
        {
            Cv2.SetNumThreads(1);
            var raw = Array.ConvertAll(TestImages.Mosaic(height, width), v => (ushort)(v * ushort.MaxValue));
            var mosaic = new Mat(height, width, MatType.CV_16UC1);
            mosaic.SetArray(raw);
            var view = new Mat(height, width, MatType.CV_16UC3);
            return new(() => Cv2.CvtColor(mosaic, view, code), mosaic, view);
        })
        { ComparedWith = ours };
}
