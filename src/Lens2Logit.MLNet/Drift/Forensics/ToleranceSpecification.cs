using System.Text.Json;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Stages;
using Microsoft.ML;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>The interval of one axis within which the score stays at the bound or above, all other axes as the model has them.</summary>
/// <param name="Axis">Name of the axis.</param>
/// <param name="Unit">Unit; empty for a pure number.</param>
/// <param name="Nominal">The model's own value.</param>
/// <param name="Low">Smallest accepted value.</param>
/// <param name="High">Largest accepted value.</param>
/// <param name="LowIsSearchLimit">Whether nothing below was searched, so that the interval may be wider.</param>
/// <param name="HighIsSearchLimit">Whether nothing above was searched.</param>
/// <param name="Samples">Random values inside at which the score was verified.</param>
/// <param name="LowestScore">The lowest score of those and of the ends.</param>
public sealed record ToleranceInterval(
    string Axis, string Unit, double Nominal, double Low, double High, bool LowIsSearchLimit, bool HighIsSearchLimit, int Samples, double LowestScore);

/// <summary>The box within which all axes may deviate at once.</summary>
/// <param name="Share">Its sides as a share of the single intervals, towards the model's own values; 0 where no box was found.</param>
/// <param name="Low">Smallest accepted values, by axis.</param>
/// <param name="High">Largest accepted values, by axis.</param>
/// <param name="Samples">Random settings inside at which the score was verified.</param>
/// <param name="LowestScore">The lowest score among them.</param>
public sealed record ToleranceBox(
    double Share, IReadOnlyDictionary<string, double> Low, IReadOnlyDictionary<string, double> High, int Samples, double LowestScore);

/// <summary>
/// The acceptable data environment of a model: within which light and which settings of the data model its score stays at a bound or above.
/// Intervals hold on the images they were verified on, at the values that were sampled.
/// </summary>
public sealed record ToleranceSpecification
{
    /// <summary>Version of the file format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>SHA-256 of the model's architecture, options and weights.</summary>
    public required string Model { get; init; }

    /// <summary>What the score is.</summary>
    public string Metric { get; init; } = "accuracy";

    /// <summary>The score that is kept.</summary>
    public required double MinimumScore { get; init; }

    /// <summary>The model's score as it is.</summary>
    public required double NominalScore { get; init; }

    /// <summary>Images that the scores were measured on.</summary>
    public required int Images { get; init; }

    /// <summary>Name of the sensor where the raw column says it, else null.</summary>
    public string? Sensor { get; init; }

    /// <summary>
    /// Range of an image's mean raw value [0, 1] over the images, at the light and noise accepted alone: what light can be told by where nothing
    /// else tells it. The outermost half percent of the images on each side is left out.
    /// </summary>
    public required double LowestRawMean { get; init; }

    /// <summary>Upper end of <see cref="LowestRawMean"/>.</summary>
    public required double HighestRawMean { get; init; }

    /// <summary>The intervals, one an axis.</summary>
    public required IReadOnlyList<ToleranceInterval> Intervals { get; init; }

    /// <summary>The box for all axes together.</summary>
    public required ToleranceBox Joint { get; init; }

    /// <summary>How, with what and when it was made.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>The specification as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DriftJson.Format);

    /// <summary>Writes the specification into a file, which is replaced only when the new one is complete.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, ToJson());

    /// <summary>Reads a specification.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no tolerance specification, or of a newer version.</exception>
    public static ToleranceSpecification Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no tolerance specification '{path}'.", path);
        return Read(File.ReadAllText(path), $"'{path}'");
    }

    /// <exception cref="InvalidDataException">It is no tolerance specification, or of a newer version.</exception>
    internal static ToleranceSpecification Read(string json, string source)
    {
        try
        {
            var specification = JsonSerializer.Deserialize<ToleranceSpecification>(json, DriftJson.Format);
            return specification is { Format: 1 } ? specification
                : throw new InvalidDataException($"{source} is a tolerance specification of format {specification?.Format}; this version reads format 1. Update Lens2Logit.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{source} is no tolerance specification: {e.Message}", e);
        }
    }

    /// <exception cref="InvalidDataException">The specification was made for another model.</exception>
    internal void RequireModel(ITransformer model, string source)
    {
        var classifier = model.FindAll<RawImageClassificationTransformer>().LastOrDefault()
            ?? throw new ArgumentException("The model holds no classifier that RawImageClassification trained.", nameof(model));
        var found = TaskModel.Fingerprint(classifier);
        if (found != Model)
            throw new InvalidDataException($"{source} specifies the tolerance of another model: it is for {Model[..12]}…, this model is {found[..12]}… "
                + "Make a specification for this model with Drift().Investigate.");
    }
}
