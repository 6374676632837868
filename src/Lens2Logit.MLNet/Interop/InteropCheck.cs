using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Interop;

/// <summary>
/// Looks once whether the ML.NET that is loaded still has the internal types that this folder uses, and says which versions do not go
/// together instead of leaving it to a MissingMethodException somewhere.
/// </summary>
internal static class InteropCheck
{
    private static readonly Assembly Core = typeof(IHostEnvironment).Assembly, Data = typeof(MLContext).Assembly;

    // By name: a typeof of a missing type would fail before anything could be said about it.
    private static readonly (Assembly Assembly, string Type, string[] Members)[] Needed =
    [
        (Core, "Microsoft.ML.LoadableClassAttribute", []),
        (Core, "Microsoft.ML.VersionInfo", ["VerWrittenCur"]),
        (Core, "Microsoft.ML.ModelLoadContext", ["CheckAtModel", "LoadNonEmptyString", "TryLoadBinaryStream"]),
        (Core, "Microsoft.ML.ModelSaveContext", ["CheckAtModel", "SetVersionInfo", "SaveNonEmptyString", "SaveBinaryStream"]),
        (Core, "Microsoft.ML.Runtime.IHostEnvironmentInternal", ["Seed"]),
        (Core, "Microsoft.ML.Runtime.ICancelable", ["IsCanceled"]),
        (Core, "Microsoft.ML.Data.AnnotationUtils", ["AnnotationsForMulticlassScoreColumn", "GetTrainerOutputAnnotation"]),
        (Data, "Microsoft.ML.Data.CatalogUtils", ["GetEnvironment"]),
    ];

    private static readonly Lazy<string?> Problem = new(() => Find(Needed));

    /// <exception cref="NotSupportedException">The ML.NET that is loaded lacks something; the message names both versions and what.</exception>
    public static void ThrowIfBroken()
    {
        if (Problem.Value is { } problem)
            throw new NotSupportedException(problem);
    }

    /// <summary>What is wrong, or null.</summary>
    internal static string? Find(IEnumerable<(Assembly Assembly, string Type, string[] Members)> needed)
    {
        const BindingFlags any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        var missing = new List<string>();
        foreach (var (assembly, name, members) in needed)
        {
            if (assembly.GetType(name) is not { } type)
                missing.Add(name);
            else
                missing.AddRange(members.Where(member => type.GetMember(member, any).Length == 0).Select(member => $"{name}.{member}"));
        }
        if (missing.Count == 0)
            return null;
        var own = typeof(InteropCheck).Assembly.GetName().Version!.ToString(3);
        var theirs = Data.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? Data.GetName().Version!.ToString();
        return $"Lens2Logit {own} works with ML.NET 5.0.1 up to, not including, 5.1; loaded is ML.NET {theirs}, which lacks {string.Join(", ", missing)}. Reference Microsoft.ML 5.0.1.";
    }
}
