namespace Lens2Logit.MLNet.Data.Tiling;

/// <summary>A folder that appears under its name when it is complete. Whoever makes it at the same time makes the same; the first one stays.</summary>
internal sealed class FolderInMaking : IDisposable
{
    private readonly string _target;

    public FolderInMaking(string target)
    {
        _target = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(target));
        Path = Directory.CreateDirectory($"{_target}.{Guid.NewGuid():N}").FullName;
    }

    /// <summary>Where to write.</summary>
    public string Path { get; }

    public void Complete()
    {
        try
        {
            Directory.Move(Path, _target);
        }
        catch (IOException) when (Directory.Exists(_target))
        {
            // It was there before, or another process was faster.
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
