using System.Text.Json;
using Lens2Logit.Isp;

namespace Lens2Logit.Tests;

/// <summary>The golden numbers and their manifest.</summary>
internal static class Golden
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "manifest.json"))).RootElement;

    public static IEnumerable<string> Names(string prefix) => Cases().Select(NameOf).Where(n => n.StartsWith(prefix, StringComparison.Ordinal));

    public static JsonElement Case(string name) => Cases().First(c => NameOf(c) == name);

    public static JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, file))).RootElement;

    public static NpyFile Array(string file) => NpyFile.Read(Path.Combine(Folder, file));

    public static NpyFile Input(JsonElement test) => Array(test.GetProperty("inputs")[0].GetProperty("file").GetString()!);

    public static NpyFile Output(JsonElement test) => Array(test.GetProperty("outputs")[0].GetProperty("file").GetString()!);

    public static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    public static CameraParameters Camera(string name) => name switch
    {
        "Microscopy" => CameraParameters.RawMicroscopy,
        "Drone" => CameraParameters.RawDrone,
        "default" => CameraParameters.Identity,
        _ => throw new ArgumentException($"The manifest has no camera '{name}'.", nameof(name)),
    };

    /// <summary>[H, W, 3] → [3, H, W].</summary>
    public static double[] ToPlanar(NpyFile image)
    {
        int pixels = image.Values.Length / 3;
        var planar = new double[image.Values.Length];
        for (int i = 0; i < pixels; i++)
            for (int c = 0; c < 3; c++)
                planar[c * pixels + i] = image.Values[3 * i + c];
        return planar;
    }

    /// <summary>The largest difference; infinite where one is not a number, which NUnit would count as less than any tolerance.</summary>
    public static double MaximumDifference(ReadOnlySpan<double> actual, ReadOnlySpan<double> expected)
    {
        Assert.That(actual.Length, Is.EqualTo(expected.Length), "number of values");
        double largest = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double difference = Math.Abs(actual[i] - expected[i]);
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }
        return largest;
    }

    private static IEnumerable<JsonElement> Cases() => Root.GetProperty("cases").EnumerateArray();

    private static string NameOf(JsonElement test) => test.GetProperty("name").GetString()!;
}
