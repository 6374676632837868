using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace Lens2Logit.Native;

/// <summary>
/// Lets TorchSharp load its native half on Linux systems whose C++ runtime is older than the one it was built with (Debian 12,
/// Ubuntu 22.04, RHEL 9), and says what is missing when it cannot.
/// </summary>
/// <remarks>
/// This assembly calls <see cref="Install"/> by itself when it is loaded. A program that touches TorchSharp before anything of Lens2Logit
/// calls it first. Where TorchSharp loads on its own, nothing here runs. How it helps: <c>libLibTorchSharp.so</c> demands the version
/// GLIBCXX_3.4.32 of libstdc++ for one symbol that nothing in it uses; the demand is marked weak in a copy in memory (two bytes), never on disk.
/// </remarks>
public static class TorchNative
{
    private const string Library = "LibTorchSharp", File = "libLibTorchSharp.so";
    private const string SymbolVersion = "GLIBCXX_3.4.32", OnlySymbol = "_ZSt21ios_base_library_initv";

    private static readonly Lock Gate = new();
    private static readonly List<string> Attempts = [];
    private static IntPtr _handle;
    private static int _installed;
    private static volatile bool _loaded;

    /// <summary>What was done to load libtorch: "not needed" on a healthy host.</summary>
    public static string Status { get; private set; } = "not needed";

    /// <summary>How often the runtime asked for help because its own search had failed; 0 on a healthy host.</summary>
    internal static int Calls { get; private set; }

    /// <summary>
    /// Registers the resolver, which runs only after the runtime's own search has failed, and tunes the allocator
    /// (<see cref="AllocatorTuning"/>) and the way OpenMP threads wait. Calling it again does nothing. Thread safe.
    /// </summary>
    public static void Install()
    {
        if (Interlocked.Exchange(ref _installed, 1) != 0)
            return;
        AllocatorTuning.Apply();
        OpenMpTuning.Apply();
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return;
        var context = AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly) ?? AssemblyLoadContext.Default;
        context.ResolvingUnmanagedDll += Resolve;
    }

    /// <summary>Loads libtorch now rather than at the first tensor. Thread safe, and free after the first success.</summary>
    /// <exception cref="DllNotFoundException">It cannot be loaded; the message says which file, which symbol version and which package are concerned.</exception>
    public static void EnsureLoaded()
    {
        if (_loaded)
            return;
        Install();
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            _loaded = true;
        }
        catch (Exception e) when (e is NotSupportedException or DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
        {
            throw new DllNotFoundException(Diagnose(), e);
        }
    }

    /// <summary>For calls of base constructors, which touch libtorch before anything else can: loads it and returns the argument.</summary>
    internal static string LoadedFor(string name)
    {
        EnsureLoaded();
        return name;
    }

#pragma warning disable CA2255 // a library may not usually run code on load; loading its native half is the one thing it must do first
    [ModuleInitializer]
    internal static void OnLoad() => Install();
#pragma warning restore CA2255

    private static IntPtr Resolve(Assembly assembly, string name)
    {
        if (name != Library)
            return IntPtr.Zero;
        lock (Gate)
        {
            Calls++;
            if (_handle != IntPtr.Zero)
                return _handle;
            foreach (var directory in NativeDirectories.Of(assembly))
            {
                var path = Path.Combine(directory, File);
                if (System.IO.File.Exists(path) && TryLoad(path, assembly))
                    return _handle;
            }
            return IntPtr.Zero;
        }
    }

    private static bool TryLoad(string path, Assembly assembly)
    {
        // Dependencies are found by the dynamic linker under their names once they are loaded, wherever they came from.
        foreach (var dependency in (string[])["libc10.so", "libtorch_cpu.so", "libtorch.so"])
        {
            var candidates = NativeDirectories.Of(assembly).Prepend(Path.GetDirectoryName(path)!).Select(d => Path.Combine(d, dependency)).Where(System.IO.File.Exists);
            if (!candidates.Any(candidate => NativeLibrary.TryLoad(candidate, out _)))
                Attempts.Add($"{dependency}: not found beside {path} or in the package cache");
        }
        if (NativeLibrary.TryLoad(path, out _handle))
        {
            Status = $"loaded {path} as it is";
            return true;
        }
        var image = System.IO.File.ReadAllBytes(path);
        if (!ElfSymbolVersions.TryWeaken(image, SymbolVersion, OnlySymbol))
        {
            Attempts.Add($"{path}: does not load, and {SymbolVersion} is not what it lacks");
            return false;
        }
        if (!ElfImage.TryLoad(image, File, out _handle))
        {
            Attempts.Add($"{path}: does not load even without its demand for {SymbolVersion}");
            return false;
        }
        Status = $"loaded {path} without its demand for {SymbolVersion}";
        return true;
    }

    private static string Diagnose()
    {
        var version = typeof(torch).Assembly.GetName().Version!.ToString(3);
        string tried;
        lock (Gate)
            tried = Attempts.Count > 0 ? string.Join("; ", Attempts.Distinct()) : $"no {Library} was found beside the program or in the package cache";
        return $"The native half of TorchSharp could not be loaded: {tried}. It comes from a package that the program itself references: add "
            + $"TorchSharp-cpu {version} (or TorchSharp-cuda-linux / TorchSharp-cuda-windows {version}) to the project that runs. "
            + $"On Linux {File} needs glibc 2.28 or newer; it asks for {SymbolVersion} of libstdc++, without which Lens2Logit can load it.";
    }
}
