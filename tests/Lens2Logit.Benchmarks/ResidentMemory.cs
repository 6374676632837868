using System.Diagnostics;
using System.Globalization;

namespace Lens2Logit.Benchmarks;

/// <summary>The process's resident memory, and its peak while something runs. The peak on Linux only: other systems cannot reset it.</summary>
internal static class ResidentMemory
{
    /// <summary>Bytes that are resident now.</summary>
    public static long Now()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>Bytes by which the peak exceeds what was resident before; 0 where it cannot be told.</summary>
    public static long PeakDuring(Action action)
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        // 5 sets the peak back to the present size (proc(5), clear_refs).
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = Kibibytes("VmHWM:");
        action();
        return (Kibibytes("VmHWM:") - before) * 1024;
    }

    private static long Kibibytes(string field) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
