using Lens2Logit.IO;
using Lens2Logit.Isp;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Data;

/// <summary>Finds raw images as <see cref="ImageFolder"/> finds developed ones, and their masks.</summary>
internal static class RawImageFolder
{
    private static readonly string[] Extensions = [".dng", ".tif", ".tiff", ".png", ".npy"], MaskExtensions = [".png", ".tif", ".tiff", ".npy"];

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has no image, labels.csv cannot be used, or an image cannot be read.</exception>
    public static List<RawImageFile> Find(string folder, string? maskFolder, RawReadOptions reading, UnreadableImages unreadable, IChannel channel)
    {
        if (maskFolder is not null && !Directory.Exists(maskFolder))
            throw new DirectoryNotFoundException($"There is no folder '{maskFolder}'.");
        string[] extensions = reading.Layout is null ? Extensions : [.. Extensions, ".raw"];
        var files = ImageFolder.Readable(folder, ImageFolder.List(folder, extensions, isFlat: true), unreadable, channel, file => Problem(folder, maskFolder, file.Path, reading));
        return [.. files.Select(file => new RawImageFile
        {
            Path = file.Path,
            Label = file.Label,
            Split = file.Split,
            MaskPath = maskFolder is null ? "" : MaskOf(maskFolder, file.Path)!,
        })];
    }

    private static string? Problem(string folder, string? maskFolder, string path, RawReadOptions reading)
    {
        try
        {
            var image = RawImageReader.Read(Path.Combine(folder, path), reading).Info;
            if (maskFolder is null)
                return null;
            if (MaskOf(maskFolder, path) is not { } maskPath)
                return $"no mask of that name in '{maskFolder}'";
            var mask = RawImageReader.Read(Path.Combine(maskFolder, maskPath)).Info;
            return mask.Height == image.Height && mask.Width == image.Width ? null
                : $"it is {new ImageSize(image.Height, image.Width)} pixels, its mask {new ImageSize(mask.Height, mask.Width)}";
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // The inner message does not repeat the name.
            return e.InnerException?.Message ?? e.Message;
        }
    }

    private static string? MaskOf(string maskFolder, string path) =>
        MaskExtensions.Select(extension => Path.ChangeExtension(path, extension)).FirstOrDefault(candidate => File.Exists(Path.Combine(maskFolder, candidate)));
}
