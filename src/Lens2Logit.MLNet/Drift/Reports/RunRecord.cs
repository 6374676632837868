using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Lens2Logit.MLNet.Drift.Reports;

/// <summary>How, with what and when a result was made.</summary>
public sealed record RunRecord
{
    /// <summary>What was asked for: names and values of the options that decide about the result.</summary>
    public required IReadOnlyDictionary<string, string> Configuration { get; init; }

    /// <summary>Versions of the libraries and the runtime.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>When the run began, in UTC.</summary>
    public required DateTime Started { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public required double Seconds { get; init; }

    internal static RunRecord Of(IReadOnlyDictionary<string, string> configuration, Stopwatch watch) => new()
    {
        Configuration = configuration,
        Versions = CurrentVersions(),
        Started = DateTime.UtcNow - watch.Elapsed,
        Seconds = watch.Elapsed.TotalSeconds,
    };

    internal static IReadOnlyDictionary<string, string> CurrentVersions() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["Lens2Logit"] = VersionOf(typeof(RunRecord)),
        ["Microsoft.ML"] = VersionOf(typeof(Microsoft.ML.MLContext)),
        ["TorchSharp"] = VersionOf(typeof(TorchSharp.torch)),
        [".NET"] = Environment.Version.ToString(),
        ["OS"] = $"{RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}",
        ["Processors"] = $"{Environment.ProcessorCount}",
    };

    /// <summary>A few letters that change with a text.</summary>
    internal static string Fingerprint(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8].ToLowerInvariant();

    /// <summary>The package's version. That of the assembly stays the same over all versions of ML.NET.</summary>
    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? type.Assembly.GetName().Version?.ToString(3) ?? "?";
}
