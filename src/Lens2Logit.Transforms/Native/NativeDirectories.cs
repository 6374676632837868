using System.Reflection;

namespace Lens2Logit.Native;

/// <summary>Where the native half of TorchSharp may lie: beside the program, or in the package cache (notebooks, scripts).</summary>
internal static class NativeDirectories
{
    private const string Runtime = "linux-x64";

    // The libtorch that a TorchSharp release binds; another one may load and then compute nonsense.
    private static readonly Dictionary<string, string> LibtorchOf = new() { ["0.107"] = "2.10" };

    public static IEnumerable<string> Of(Assembly torchSharp)
    {
        var roots = new List<string>();
        var location = torchSharp.Location;
        if (location.Length > 0)
        {
            var directory = Path.GetDirectoryName(location)!;
            roots.Add(directory);
            roots.AddRange(PackageCache(directory, torchSharp.GetName().Version!));
        }
        roots.Add(AppContext.BaseDirectory);
        var all = roots.SelectMany(root => new[] { root, Path.Combine(root, "runtimes", Runtime, "native") });
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string search)
            all = all.Concat(search.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        return all.Distinct();
    }

    /// <summary>Seen from cache/torchsharp/version/lib/framework: that package itself, and libtorch of the matching version.</summary>
    private static IEnumerable<string> PackageCache(string directory, Version version)
    {
        var package = Path.GetFullPath(Path.Combine(directory, "..", ".."));
        yield return package;
        var libtorch = Path.GetFullPath(Path.Combine(package, "..", "..", $"libtorch-cpu-{Runtime}"));
        if (!Directory.Exists(libtorch) || !LibtorchOf.TryGetValue(version.ToString(2), out var wanted))
            yield break;
        foreach (var candidate in Directory.GetDirectories(libtorch))
        {
            if (Path.GetFileName(candidate).StartsWith(wanted + ".", StringComparison.Ordinal))
                yield return candidate;
        }
    }
}
