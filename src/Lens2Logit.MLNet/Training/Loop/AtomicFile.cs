using System.Text;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>Writes files so that a reader, or a next run, finds either the old content or the new, never a part of it.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside the file and renames: also when the process is killed meanwhile, the file is as it was.</summary>
    /// <exception cref="IOException">It cannot be written; the message names the file and the reason.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var unfinished = Unfinished(path);
        try
        {
            using (var stream = File.Create(unfinished))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(unfinished);
            throw new IOException($"'{path}' cannot be written: {e.Message}{(File.Exists(path) ? " The file is as it was before." : "")}", e);
        }
    }

    /// <summary>The same for text, in UTF-8.</summary>
    /// <exception cref="IOException">It cannot be written; the message names the file and the reason.</exception>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Creates the folder of a file, if need be, and makes sure that a file can be written there.</summary>
    /// <exception cref="IOException">It cannot; the message names the file and the reason.</exception>
    public static void RequireWritable(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.Create(Unfinished(path)).Dispose();
            File.Delete(Unfinished(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' cannot be written: {e.Message}", e);
        }
    }

    // Always the same, so that what a killed process leaves is overwritten by the next.
    private static string Unfinished(string path) => path + ".tmp";

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The reason for which writing failed is the one to report.
        }
    }
}
