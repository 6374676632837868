namespace Lens2Logit.IO;

/// <summary>Held by one process at a time, on one machine: a file opened without sharing. The system lets go of it when the process ends, however it ends.</summary>
internal sealed class InterProcessLock : IDisposable
{
    private readonly FileStream _file;

    private InterProcessLock(FileStream file) => _file = file;

    /// <summary>Waits until no other process holds the lock.</summary>
    /// <param name="path">The file; it stays, because a process that waits may already have it open.</param>
    /// <param name="waiting">Called once if there is something to wait for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<InterProcessLock> AcquireAsync(string path, Action waiting, CancellationToken cancellation)
    {
        for (bool told = false; ; told = true)
        {
            try
            {
                return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1));
            }
            catch (IOException) when (File.Exists(path))
            {
                if (!told)
                    waiting();
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
