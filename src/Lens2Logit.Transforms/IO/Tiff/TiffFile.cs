using System.Buffers.Binary;

namespace Lens2Logit.IO.Tiff;

/// <summary>The directories of a TIFF file, and which of them is the raw image.</summary>
internal static class TiffFile
{
    // Far above what cameras write (a main image, previews, masks); a damaged file may form a chain without end.
    private const int MostDirectories = 64;

    private const int HeaderBytes = 8, Magic = 42, BigTiffMagic = 43;

    public static bool IsTiff(ReadOnlySpan<byte> start) => start.Length >= 4 && (start[..2].SequenceEqual("II"u8) ? BinaryPrimitives.ReadUInt16LittleEndian(start[2..])
        : start[..2].SequenceEqual("MM"u8) ? BinaryPrimitives.ReadUInt16BigEndian(start[2..]) : 0) is Magic or BigTiffMagic;

    /// <summary>The first directory, which describes the camera of a DNG, and the one with the raw image, which may be the same.</summary>
    /// <exception cref="InvalidDataException">There is no raw image; the message says what there is.</exception>
    public static (TiffDirectory First, TiffDirectory Raw) Open(ByteSource source)
    {
        var header = source.Read(0, HeaderBytes);
        bool isBigEndian = header[0] == 'M';
        int magic = isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(header[2..]) : BinaryPrimitives.ReadUInt16LittleEndian(header[2..]);
        if (magic == BigTiffMagic)
            throw new InvalidDataException("it is a BigTIFF; expected a TIFF of up to 4 GB.");
        uint offset = isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(header[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        var first = new TiffDirectory(source, isBigEndian, offset);
        if (!first.Has(TiffTag.DngVersion))
            return (first, first);
        // A DNG holds previews too; the raw image is of full size (NewSubfileType 0) and has never been demosaiced.
        foreach (var directory in All(source, first))
        {
            if ((directory.Unsigned(TiffTag.NewSubfileType) ?? 0) == 0 && directory.Unsigned(TiffTag.PhotometricInterpretation) is Photometric.Cfa or Photometric.LinearRaw)
                return (first, directory);
        }
        throw new InvalidDataException("it is a DNG without a raw image of full size.");
    }

    private static IEnumerable<TiffDirectory> All(ByteSource source, TiffDirectory first)
    {
        var seen = new HashSet<uint>();
        var waiting = new Queue<TiffDirectory>([first]);
        while (waiting.TryDequeue(out var directory))
        {
            yield return directory;
            uint[] further = [.. directory.Integers(TiffTag.SubIfds, Math.Min(MostDirectories, directory.Count(TiffTag.SubIfds))) ?? [], directory.Next];
            foreach (uint offset in further.Where(o => o != 0 && seen.Count < MostDirectories && seen.Add(o)))
                waiting.Enqueue(new(source, directory.IsBigEndian, offset));
        }
    }
}
