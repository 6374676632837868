using Lens2Logit.Native;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Spectre.Console;
using TorchSharp;

namespace Lens2Logit.Examples;

/// <summary>What every example does around its work: shows warnings, and turns errors of the user's into one line and an exit code.</summary>
internal static class ExampleRun
{
    /// <summary>The context of an example: on the GPU if there is one that the example was built for.</summary>
    public static MLContext Context()
    {
        TorchNative.EnsureLoaded();
        var ml = new MLContext(seed: 1) { GpuDeviceId = torch.cuda.is_available() ? 0 : null };
        ml.Log += (_, message) =>
        {
            if (message.Kind is ChannelMessageKind.Warning or ChannelMessageKind.Error)
                AnsiConsole.MarkupLineInterpolated($"[yellow]{message.Message}[/]");
        };
        return ml;
    }

    /// <summary>Says which units of work are not there, if any.</summary>
    public static void ShowMissing(IReadOnlyList<string> units)
    {
        if (units.Count > 0)
            AnsiConsole.MarkupLineInterpolated($"[yellow]{units.Count} unit(s) of work are not there yet: {string.Join("; ", units)}[/]");
    }

    /// <returns>0; 1 after an error, 130 when cancelled.</returns>
    public static int Of(Action work)
    {
        // A file has no width at which lines would have to be broken.
        if (!AnsiConsole.Profile.Out.IsTerminal)
            AnsiConsole.Profile.Width = 240;
        try
        {
            work();
            return 0;
        }
        catch (OperationCanceledException)
        {
            AnsiConsole.MarkupLine("[yellow]Cancelled.[/]");
            return 130;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or UnauthorizedAccessException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return 1;
        }
    }
}
