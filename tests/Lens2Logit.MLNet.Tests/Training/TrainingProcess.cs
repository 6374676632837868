using System.Diagnostics;

namespace Lens2Logit.Tests.Training;

/// <summary>A process of its own that trains or scores, and may be killed.</summary>
internal static class TrainingProcess
{
    /// <summary>What it printed until it ended or was killed (by SIGKILL on Unix) after so many lines. It must end without an error.</summary>
    public static List<string> Run(string argument, int killAfter = int.MaxValue)
    {
        var program = Path.Combine(AppContext.BaseDirectory.Replace("Lens2Logit.MLNet.Tests", "Lens2Logit.TrainingProcess", StringComparison.Ordinal), "Lens2Logit.TrainingProcess.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
            if (lines.Count == killAfter)
            {
                process.Kill();
                break;
            }
        }
        process.WaitForExit();
        if (lines.Count < killAfter)
            Assert.That(process.ExitCode, Is.Zero, errors.Result);
        return lines;
    }
}
