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
        int largest = (1 << (RawAnnotations.BitDepthOf(raw) ?? 16)) - 1;
        if (camera.BlackLevel.Zip(stated.BlackLevel).All(levels => Math.Abs(levels.First - levels.Second) * largest <= 1))
            return;
        var subtracted = string.Join(", ", camera.BlackLevel.Distinct().Select(level => level.ToString("G4", CultureInfo.InvariantCulture)));
        using var channel = environment.Register("ProcessRaw").Start("Fit");
        channel.Warning(string.Create(CultureInfo.InvariantCulture,
            $"Raw column '{raw.Name}' of sensor '{stated.Name}' has its black at {stated.BlackLevel[0]:G4} ({stated.BlackLevel[0] * largest:G4} DN), ")
            + $"but camera '{camera.Name}' subtracts {subtracted}. Give the parameters of that sensor, or start from {nameof(RawAnnotations)}.{nameof(RawAnnotations.CameraOf)}.");
    }
}
