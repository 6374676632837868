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

    /// <summary>Writes a file that is there whole or not at all.</summary>
    public static void WriteFile(string path, string text)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllText(unfinished, text);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
