using System.Globalization;

namespace Lens2Logit.MLNet.Data.Download;

/// <summary>Asks before writing whether there is room.</summary>
internal static class DiskSpace
{
    /// <exception cref="IOException">There is less.</exception>
    public static void Require(string folder, long bytes, string purpose)
    {
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (free < bytes)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"'{folder}' has {free:N0} bytes free; {bytes:N0} are needed to {purpose}."));
    }
}
