using System.Globalization;

namespace Lens2Logit.MLNet.Data;

/// <summary>The intensity variants of the published raw data sets: folders named <c>raw_scale</c> and the percentage in three digits.</summary>
internal static class RawScale
{
    public static IReadOnlyList<float> All { get; } = [0.01f, 0.05f, 0.1f, 0.25f, 0.5f, 0.75f, 1f];

    /// <exception cref="ArgumentException">There is none, one twice, or one that was not published.</exception>
    public static void Check(IReadOnlyList<float> intensities, string option)
    {
        if (intensities is not { Count: > 0 })
            throw new ArgumentException($"{option} is empty; expected some of {List(All)}.", option);
        foreach (var intensity in intensities)
        {
            if (!All.Contains(intensity))
                throw new ArgumentOutOfRangeException(option, intensity, string.Create(CultureInfo.InvariantCulture, $"{option} holds {intensity}; published are {List(All)}."));
        }
        if (intensities.Distinct().Count() < intensities.Count)
            throw new ArgumentException($"{option} holds an intensity twice: {List(intensities)}.", option);
    }

    public static string FolderName(float intensity) => string.Create(CultureInfo.InvariantCulture, $"raw_scale{(int)MathF.Round(100 * intensity):000}");

    public static bool AnyIn(string folder) => All.Any(i => Directory.Exists(Path.Combine(folder, FolderName(i))));

    /// <exception cref="InvalidDataException">The folder does not have this intensity.</exception>
    public static string Require(string folder, float intensity, string suffix)
    {
        var path = Path.Combine(folder, FolderName(intensity) + suffix);
        if (Directory.Exists(path))
            return path;
        var there = All.Where(i => Directory.Exists(Path.Combine(folder, FolderName(i) + suffix))).ToList();
        throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"Intensity {intensity} is not there: '{path}' does not exist. '{folder}' has {(there.Count == 0 ? "none" : List(there))}."));
    }

    private static string List(IEnumerable<float> intensities) => string.Join(", ", intensities.Select(i => i.ToString(CultureInfo.InvariantCulture)));
}
