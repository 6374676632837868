using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Lens2Logit.MLNet.Drift.Synthesis;

/// <summary>The result files of an experiment's units, one file each, which know which experiment they belong to and whether they are whole.</summary>
internal sealed class UnitStore(IReadOnlyDictionary<string, string> experiment)
{
    public static string FileName(string condition, int split) =>
        string.Create(CultureInfo.InvariantCulture, $"unit-{new string([.. condition.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')])}-{Hash(condition)[..6]}-split{split}.json");

    public void Write(string folder, UnitResult result)
    {
        Directory.CreateDirectory(folder);
        var text = JsonSerializer.Serialize(result, DriftJson.Format);
        DriftJson.WriteFile(Path.Combine(folder, FileName(result.Condition, result.Split)), JsonSerializer.Serialize(new Stored(experiment, text, Hash(text)), DriftJson.Format));
    }

    /// <summary>The result of a unit, or null where its file is missing or damaged; a damaged one is reported.</summary>
    /// <exception cref="InvalidDataException">The file belongs to another experiment; the message names what differs.</exception>
    public UnitResult? Read(string folder, string condition, int split, Action<string> reportDamage)
    {
        var path = Path.Combine(folder, FileName(condition, split));
        if (!File.Exists(path))
            return null;
        try
        {
            var stored = JsonSerializer.Deserialize<Stored>(File.ReadAllText(path), DriftJson.Format);
            if (stored is { Experiment: not null, Result: not null } && stored.Checksum == Hash(stored.Result))
            {
                RequireSame(stored.Experiment, path);
                return JsonSerializer.Deserialize<UnitResult>(stored.Result, DriftJson.Format);
            }
        }
        catch (JsonException)
        {
            // Damaged, as below.
        }
        reportDamage($"The result file '{path}' is damaged; its unit is computed again.");
        return null;
    }

    private void RequireSame(IReadOnlyDictionary<string, string> found, string path)
    {
        var differences = experiment.Keys.Union(found.Keys).Order(StringComparer.Ordinal).Where(key => found.GetValueOrDefault(key) != experiment.GetValueOrDefault(key))
            .Select(key => $"{key} is {found.GetValueOrDefault(key) ?? "absent"} there and {experiment.GetValueOrDefault(key) ?? "absent"} here").ToList();
        if (differences.Count > 0)
            throw new InvalidDataException($"The result file '{path}' belongs to another experiment: {string.Join("; ", differences)}. Use another folder, or remove the file.");
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    private sealed record Stored(IReadOnlyDictionary<string, string> Experiment, string Result, string Checksum);
}
