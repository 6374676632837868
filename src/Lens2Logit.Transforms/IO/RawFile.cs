using Lens2Logit.IO.Png;
using Lens2Logit.IO.Tiff;

namespace Lens2Logit.IO;

/// <summary>A raw file whose header has been read and checked; the pixels have not.</summary>
internal abstract class RawFile
{
    private const int LongestSide = 1 << 24;

    public abstract RawImageInfo Info { get; }

    /// <summary>Reads the pixels.</summary>
    /// <param name="values">Receives the image [H, W].</param>
    /// <exception cref="InvalidDataException">The pixels cannot be read; the message says why.</exception>
    public abstract void ReadPixels(Span<float> values);

    /// <summary>Checks a declared size before anything is computed from it: rows and images must fit in arrays.</summary>
    /// <exception cref="InvalidDataException">It is empty or too large.</exception>
    public static void RequireSize(long height, long width)
    {
        if (height < 1 || width < 1 || height > LongestSide || width > LongestSide || height * width > Array.MaxLength)
            throw new InvalidDataException($"it declares {height}×{width} pixels; expected at least 1×1, at most {LongestSide} in a row or column and {Array.MaxLength} in all.");
    }

    /// <exception cref="InvalidDataException">The bytes are no raw image; the message says why.</exception>
    public static RawFile Open(ByteSource source, RawReadOptions options)
    {
        var start = source.Read(0, (int)Math.Min(source.Length, PngFile.SignatureLength));
        if (TiffFile.IsTiff(start))
            return TiffRawFile.From(source, options);
        if (PngFile.IsPng(start))
            return new PngFile(source, options);
        if (NpyFile.IsNpy(start))
            return new NpyFile(source, options);
        if (options.Layout is { } layout)
            return new HeaderlessFile(source, layout, options);
        throw new InvalidDataException("it is neither TIFF, DNG, PNG nor NPY. For a file of pixels alone, give the reader its layout: RawReadOptions.Layout.");
    }
}
