using System.Globalization;
using Lens2Logit.Isp;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>Compares the black level that an ISP subtracts with the one that its raw column states.</summary>
internal static class BlackLevelCheck
{
    /// <summary>Logs a warning where they differ by more than one digital number: what is wrong in the dark is wrong in every view.</summary>
    public static void Warn(IHostEnvironment environment, DataViewSchema.Column raw, CameraParameters camera)
    {
        if (RawAnnotations.CameraOf(raw) is not { } stated)
            return;
        int largest = RawAnnotations.BitDepthOf(raw) is > 0 and var bits ? (1 << bits) - 1 : ushort.MaxValue;
        if (camera.BlackLevel.Zip(stated.BlackLevel, (subtracted, level) => Math.Abs(subtracted - level) * largest <= 1).All(same => same))
            return;
        using var channel = environment.Register("ProcessRaw").Start("Fit");
        channel.Warning($"Raw column '{raw.Name}' of sensor '{stated.Name}' has its black at {Print(stated)} of full scale, "
            + $"but camera '{camera.Name}' subtracts {Print(camera)}. Give the parameters of that sensor, or start from {nameof(RawAnnotations)}.{nameof(RawAnnotations.CameraOf)}.");

        static string Print(CameraParameters camera) => string.Join(", ", camera.BlackLevel.Select(level => level.ToString("G4", CultureInfo.InvariantCulture)).Distinct());
    }
}
