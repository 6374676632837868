using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lens2Logit.MLNet.Drift;

/// <summary>How results of drift applications are written.</summary>
internal static class DriftJson
{
    public static JsonSerializerOptions Format { get; } = new()
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        // A cell that could not be computed.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
