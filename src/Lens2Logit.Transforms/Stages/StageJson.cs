using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lens2Logit.Stages;

/// <summary>How options of stages and networks are written: names of enumerations, unknown members refused.</summary>
internal static class StageJson
{
    public static JsonSerializerOptions Format { get; } = new()
    {
        Converters = { new JsonStringEnumConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowTrailingCommas = false,
    };

    /// <exception cref="InvalidDataException">The text is not valid for the type; the message says where.</exception>
    public static T Read<T>(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Format) ?? throw new InvalidDataException($"The options of {typeof(T).Name} are null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The options of {typeof(T).Name} cannot be read: {e.Message}", e);
        }
    }
}
