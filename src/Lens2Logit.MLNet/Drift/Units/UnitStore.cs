using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lens2Logit.MLNet.Training.Loop;

namespace Lens2Logit.MLNet.Drift.Units;

/// <summary>The result files of an experiment's units, one file each, which know which experiment they belong to and whether they are whole.</summary>
/// <param name="experiment">Everything that decides about the results, as text by name.</param>
internal sealed class UnitStore(IReadOnlyDictionary<string, string> experiment)
{
    private const string Extension = ".json";

    private static readonly JsonSerializerOptions Format = new(DriftJson.Format) { Converters = { new PixelsConverter() } };

    /// <summary>The path of a unit's file, without its extension.</summary>
    public static string PathOf(string folder, string unit) =>
        Path.Combine(folder, $"unit-{new string([.. unit.Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '-')])}-{Hash(unit)[..6]}");

    /// <summary>Whether the file of a unit is there and whole.</summary>
    /// <exception cref="InvalidDataException">The file belongs to another experiment; the message names what differs.</exception>
    public bool Holds(string folder, string unit) => Text(PathOf(folder, unit) + Extension) is not null;

    public void Write<T>(string folder, string unit, T result)
    {
        var text = JsonSerializer.Serialize(result, Format);
        var stored = JsonSerializer.Serialize(new Stored(experiment, text, Hash(text)), Format);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(PathOf(folder, unit) + Extension, stored);
    }

    /// <summary>The result of a unit, or null where its file is missing or damaged; a damaged one is reported.</summary>
    /// <exception cref="InvalidDataException">The file belongs to another experiment; the message names what differs.</exception>
    public T? Read<T>(string folder, string unit, Action<string> reportDamage)
        where T : class
    {
        var path = PathOf(folder, unit) + Extension;
        if (!File.Exists(path))
            return null;
        try
        {
            if (Text(path) is { } text)
                return JsonSerializer.Deserialize<T>(text, Format);
        }
        catch (JsonException)
        {
            // Damaged, as below.
        }
        reportDamage($"The result file '{path}' is damaged; its unit is computed again.");
        return null;
    }

    /// <summary>The result in a file as it was written, or null where the file is missing or damaged.</summary>
    private string? Text(string path)
    {
        if (!File.Exists(path) || Parse(File.ReadAllText(path)) is not { Experiment: not null, Result: not null } stored || stored.Checksum != Hash(stored.Result))
            return null;
        return TrainingConfiguration.Difference(stored.Experiment, experiment) is { Length: > 0 } difference
            ? throw new InvalidDataException($"The result file '{path}' belongs to another experiment: {difference}. Use another folder, or remove the file.")
            : stored.Result;
    }

    private static Stored? Parse(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Stored>(file, Format);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    private sealed record Stored(IReadOnlyDictionary<string, string> Experiment, string Result, string Checksum);
}
