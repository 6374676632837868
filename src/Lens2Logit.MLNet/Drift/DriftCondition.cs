using System.Text.Json;
using Lens2Logit.Corruptions;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.MLNet.Drift;

/// <summary>A post-hoc corruption of developed views, see <see cref="Corruption"/>.</summary>
/// <param name="Name">One of <see cref="Corruption.Names"/>.</param>
/// <param name="Severity">1 to 5. Default 3, the paper's.</param>
/// <param name="Preset">How strong the severities are. Default the paper's gentle ones.</param>
public sealed record CorruptionSetting(string Name, int Severity = 3, CorruptionPreset Preset = CorruptionPreset.Gentle);

/// <summary>How views come about: how the scene is photographed, how the raw image is developed, and what is done to the view afterwards, if anything.</summary>
public sealed record DriftCondition
{
    /// <summary>Name in tables and files.</summary>
    public required string Name { get; init; }

    /// <summary>How scenes are photographed; null where the data are raw images. Default <see cref="SensorPresets.RawDrone"/> in full light.</summary>
    public Acquisition? Acquisition { get; init; } = new();

    /// <summary>What the ISP knows about the camera. Default <see cref="CameraParameters.RawDrone"/>.</summary>
    public CameraParameters Camera { get; init; } = CameraParameters.RawDrone;

    /// <summary>The static ISP's name, see <see cref="IspConfiguration.Parse"/>. Default <c>bi,s,ga</c>.</summary>
    public string Configuration { get; init; } = "bi,s,ga";

    /// <summary>What is done to the developed view. Default null: nothing.</summary>
    public CorruptionSetting? Corruption { get; init; }

    /// <summary>The 12 static pipelines of the paper, {bi, ma, me} × {s, u} × {me, ga}, for one camera.</summary>
    /// <param name="acquisition">How scenes are photographed; null for raw data.</param>
    /// <param name="camera">The camera's parameters; null for <see cref="CameraParameters.RawDrone"/>.</param>
    public static IReadOnlyList<DriftCondition> Pipelines(Acquisition? acquisition, CameraParameters? camera = null) => [.. IspConfiguration.All.Select(configuration => new DriftCondition
    {
        Name = configuration.ToString(),
        Acquisition = acquisition,
        Camera = camera ?? CameraParameters.RawDrone,
        Configuration = configuration.ToString(),
    })];

    /// <summary>The condition as JSON, from which <see cref="FromJson"/> makes it again.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DriftJson.Format);

    /// <summary>Reads a condition.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    /// <exception cref="InvalidDataException">The text is no condition.</exception>
    public static DriftCondition FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<DriftCondition>(json, DriftJson.Format) ?? throw new InvalidDataException("The condition is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The condition cannot be read: {e.Message}", e);
        }
    }
}
