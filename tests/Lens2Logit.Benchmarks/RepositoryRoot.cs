namespace Lens2Logit.Benchmarks;

/// <summary>The folder that holds the solution, wherever the program was started.</summary>
internal static class RepositoryRoot
{
    private const string Marker = "Lens2Logit.sln";

    /// <exception cref="DirectoryNotFoundException">Neither the current directory nor the program lies in the repository.</exception>
    public static string Find()
    {
        foreach (var start in (string[])[Directory.GetCurrentDirectory(), AppContext.BaseDirectory])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, Marker)))
                    return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException($"{Marker} was not found above {Directory.GetCurrentDirectory()} or {AppContext.BaseDirectory}.");
    }
}
