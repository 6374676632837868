using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Environments;

namespace Lens2Logit.Benchmarks;

/// <summary>What a reader has to know before comparing figures: the contract under which they were measured, and the machine.</summary>
internal static class Head
{
    public static IReadOnlyList<string> Of(Suite suite, Repetitions repetitions) =>
    [
        $"Measured by BenchmarkDotNet in one process: {repetitions}.",
        "Value: from the median over the iterations. Spread: interquartile range / median. Ratios: between cases of this run alone.",
        $"Threads: {suite.Threads} (torch.set_num_threads; our own code runs on the calling thread).",
        .. suite.Notes,
        Machine(),
        string.Create(CultureInfo.InvariantCulture, $"Peak resident memory of the process so far: {PeakResidentMebibytes():F0} MiB."),
    ];

    private static string Machine()
    {
        var processor = HostEnvironmentInfo.GetCurrent().Cpu.Value?.ProcessorName ?? "unknown processor";
        return $"Machine: {processor}, {Environment.ProcessorCount} logical cores, vectors of {Width()} bits; {RuntimeInformation.OSDescription}; "
            + $"{RuntimeInformation.FrameworkDescription}; TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3)}.";
    }

    private static int Width() => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    private static double PeakResidentMebibytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / (double)(1 << 20);
    }
}
