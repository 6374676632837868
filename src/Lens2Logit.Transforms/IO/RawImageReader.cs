using Lens2Logit.Isp;

namespace Lens2Logit.IO;

/// <summary>
/// Reads raw images: TIFF, DNG, PNG, NPY, and files of pixels alone. The format is recognised by the file's content, not by its name.
/// </summary>
/// <remarks>
/// What a file declares is checked against its length before memory is taken: reading needs at most four times the image (its pixels times
/// the larger of four bytes and a stored sample) and a few megabytes. Thread safe.
/// </remarks>
/// <example>
/// <code>
/// var raw = RawImageReader.Read("photo.dng");
/// var view = raw.Develop();       // [3, H, W] in [0, 1], with the file's own black and white level, white balance and colours
/// </code>
/// </example>
public static class RawImageReader
{
    /// <summary>Reads an image.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file does not say; null for the defaults.</param>
    /// <exception cref="IOException">The file does not exist or cannot be opened.</exception>
    /// <exception cref="InvalidDataException">It is no raw image, of a kind that is not read, or damaged; the message names it and says which.</exception>
    public static RawImage Read(string path, RawReadOptions? options = null)
    {
        using var source = Open(path, options);
        return Read(source, options);
    }

    /// <summary>Reads an image into memory of the caller's.</summary>
    /// <param name="path">The file.</param>
    /// <param name="values">Receives the mosaic [H, W]: DN / (2^bits − 1). After an error its content is undefined.</param>
    /// <param name="expected">The size that the image must have, or null if any with that many pixels will do.</param>
    /// <param name="options">What the file does not say; null for the defaults.</param>
    /// <exception cref="IOException">The file does not exist or cannot be opened.</exception>
    /// <exception cref="InvalidDataException">
    /// It is no raw image, of a kind that is not read, damaged, or of another size; the message names it and says which.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="values"/> has not the length of the expected size.</exception>
    public static RawImageInfo Read(string path, Span<float> values, ImageSize? expected = null, RawReadOptions? options = null)
    {
        using var source = Open(path, options);
        return Read(source, values, expected, options);
    }

    /// <summary>Reads what a file says about its image, and none of its pixels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file does not say; null for the defaults.</param>
    /// <exception cref="IOException">The file does not exist or cannot be opened.</exception>
    /// <exception cref="InvalidDataException">It is no raw image, or of a kind that is not read; the message names it and says which.</exception>
    public static RawImageInfo ReadInfo(string path, RawReadOptions? options = null)
    {
        using var source = Open(path, options);
        return Naming(source, () => RawFile.Open(source, options ?? new()).Info);
    }

    internal static RawImage Read(ByteSource source, RawReadOptions? options) => Naming(source, () =>
    {
        var file = RawFile.Open(source, options ?? new());
        var values = GC.AllocateUninitializedArray<float>(file.Info.Pixels);
        file.ReadPixels(values);
        return new RawImage(file.Info, values);
    });

    private static RawImageInfo Read(ByteSource source, Span<float> values, ImageSize? expected, RawReadOptions? options)
    {
        if (expected is { } known)
            ImageGuard.RequireLength(values.Length, (long)known.Height * known.Width, nameof(values), "[H, W]");
        try
        {
            var file = RawFile.Open(source, options ?? new());
            var info = file.Info;
            var size = new ImageSize(info.Height, info.Width);
            if (expected is null ? info.Pixels != values.Length : expected != size)
                throw new InvalidDataException($"it is {size} pixels; expected {(expected is null ? $"{values.Length} in all" : $"{expected}")}.");
            file.ReadPixels(values);
            return info;
        }
        catch (InvalidDataException e)
        {
            throw Named(source, e);
        }
    }

    private static ByteSource Open(string path, RawReadOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options?.Validate();
        return ByteSource.Open(path);
    }

    private static T Naming<T>(ByteSource source, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw Named(source, e);
        }
    }

    private static InvalidDataException Named(ByteSource source, InvalidDataException reason) => new($"'{source.Name}' cannot be read: {reason.Message}", reason);
}
