using System.Runtime.InteropServices;

namespace Lens2Logit.Native;

/// <summary>
/// Lets libtorch's OpenMP threads sleep while they wait for work. By default they spin, and on a machine that also does something
/// else every parallel operation then waits for threads that fight for the cores.
/// </summary>
/// <remarks>
/// Sets OMP_WAIT_POLICY=PASSIVE for this process on Linux, before libtorch is loaded, unless the variable is set already:
/// <c>OMP_WAIT_POLICY=ACTIVE</c> in the environment turns this off.
/// </remarks>
internal static partial class OpenMpTuning
{
    private const string Variable = "OMP_WAIT_POLICY";

    public static void Apply()
    {
        // .NET's own SetEnvironmentVariable stays within .NET; the OpenMP runtime reads the C library's environment.
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Variable) is not null)
            return;
        try
        {
            _ = SetEnvironment(Variable, "PASSIVE", overwrite: 0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // No such C library: threads wait as they do by default.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
