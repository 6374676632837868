using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Lens2Logit.Threading;

namespace Lens2Logit.Native;

/// <summary>
/// The threads of the OpenMP runtime that libtorch uses, by the entry point that GCC compiles a parallel region to. Source: GNU libgomp, manual,
/// "Implementing PARALLEL construct".
/// </summary>
internal sealed unsafe class OpenMpTeam : Team
{
    private const string EntryPoint = "GOMP_parallel", Runtime = "libgomp", User = "libtorch_cpu.so";

    private readonly delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void> _parallel;

    private OpenMpTeam(nint entryPoint) => _parallel = (delegate* unmanaged<delegate* unmanaged<nint, void>, nint, uint, uint, void>)entryPoint;

    /// <summary>Null where libtorch is not loaded, or brings another OpenMP runtime.</summary>
    public static OpenMpTeam? Find()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        TorchNative.EnsureLoaded();
        var files = LoadedFiles();
        var directories = files.Where(path => Path.GetFileName(path) == User).Select(Path.GetDirectoryName).ToHashSet();
        var runtimes = files.Where(path => Path.GetFileName(path).StartsWith(Runtime, StringComparison.Ordinal));
        // Of several the one that lies beside libtorch, or any if that uses the system's.
        foreach (var path in runtimes.OrderByDescending(path => directories.Contains(Path.GetDirectoryName(path))))
        {
            if (NativeLibrary.TryLoad(path, out var library) && NativeLibrary.TryGetExport(library, EntryPoint, out var address))
                return new(address);
        }
        return null;
    }

    // OpenMP's own wait puts it to sleep.
    public override bool StaysAwake => true;

    public override void Run(int threads, Action work)
    {
        var call = new Call(work);
        var handle = GCHandle.Alloc(call);
        try
        {
            _parallel(&Enter, GCHandle.ToIntPtr(handle), (uint)threads, 0);
        }
        finally
        {
            handle.Free();
        }
        if (!call.Errors.IsEmpty)
            throw new AggregateException(call.Errors);
    }

    [UnmanagedCallersOnly]
    private static void Enter(nint state)
    {
        var call = (Call)GCHandle.FromIntPtr(state).Target!;
        try
        {
            call.Work();
        }
        catch (Exception e)
        {
            // One that left through OpenMP would end the process.
            call.Errors.Add(e);
        }
    }

    private static List<string> LoadedFiles()
    {
        try
        {
            // Lines end in a path, if what is mapped is a file.
            return [.. File.ReadLines("/proc/self/maps")
                .Where(line => line.Contains('/', StringComparison.Ordinal))
                .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..])
                .Distinct()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing is known: the pool's threads will do.
            return [];
        }
    }

    private sealed record Call(Action Work)
    {
        public ConcurrentBag<Exception> Errors { get; } = [];
    }
}
