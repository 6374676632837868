using System.Diagnostics;

namespace Lens2Logit.Tests;

/// <summary>The <c>dotnet</c> command in a process of its own.</summary>
internal static class DotNet
{
    /// <summary>Runs it to its end, which must be without an error.</summary>
    /// <param name="folder">The current folder; null for that of the tests.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>What it printed.</returns>
    public static string Run(string? folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder ?? "", RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"dotnet {string.Join(' ', arguments)}\n{output}\n{errors.Result}");
        return output;
    }
}
