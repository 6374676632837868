using System.Buffers;

namespace Lens2Logit.IO.Tiff;

/// <summary>Reads the pixels of a <see cref="TiffRaster"/>, segment by segment and row by row.</summary>
internal static class TiffPixels
{
    /// <exception cref="InvalidDataException">The stored bytes are damaged.</exception>
    public static void Read(TiffRaster raster, ref MosaicWriter writer)
    {
        switch (raster.Compression)
        {
            case TiffCompression.None: ReadPlain(raster, ref writer); break;
            case TiffCompression.Jpeg: ReadLosslessJpeg(raster, ref writer); break;
            default: ReadCompressed(raster, ref writer); break;
        }
    }

    private static void ReadPlain(TiffRaster raster, ref MosaicWriter writer)
    {
        for (int i = 0; i < raster.SegmentCount; i++)
        {
            var segment = raster.Segment(i);
            PlainRows.Read(raster.Source, segment.Offset, raster.Format, segment.Row, segment.Column, segment.Rows, segment.Columns, ref writer);
        }
    }

    private static void ReadCompressed(TiffRaster raster, ref MosaicWriter writer)
    {
        using var segments = new LibTiffSegments(raster);
        int rowBytes = checked((int)raster.Format.RowBytes(raster.SegmentWidth)), capacity = checked(rowBytes * raster.SegmentHeight);
        var buffer = ArrayPool<byte>.Shared.Rent(capacity);
        try
        {
            for (int i = 0; i < raster.SegmentCount; i++)
            {
                var segment = raster.Segment(i);
                segments.Decode(i, buffer, segment.Rows * rowBytes);
                for (int y = 0; y < segment.Rows; y++)
                    writer.Write(segment.Row + y, segment.Column, buffer.AsSpan(y * rowBytes, rowBytes), segment.Columns);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Each segment is a JPEG of its own. Its frame need not have the segment's shape: cameras code two rows as one, or two columns as two
    /// components. In scan order the samples are those of the segment (DNG specification 1.4, "Compression").
    /// </summary>
    private static void ReadLosslessJpeg(TiffRaster raster, ref MosaicWriter writer)
    {
        var row = ArrayPool<ushort>.Shared.Rent(raster.SegmentWidth);
        try
        {
            for (int i = 0; i < raster.SegmentCount; i++)
            {
                var segment = raster.Segment(i);
                var decoder = new LosslessJpegDecoder(raster.Source.Read(segment.Offset, (int)segment.Bytes));
                if ((long)decoder.Height * decoder.RowLength < (long)segment.Rows * segment.Columns || decoder.Precision > raster.Format.Bits)
                {
                    throw new InvalidDataException($"its lossless JPEG data has {decoder.Height}×{decoder.RowLength} samples of {decoder.Precision} bits for "
                        + $"{segment.Rows}×{segment.Columns} pixels of {raster.Format.Bits} bits.");
                }
                Rearrange(ref decoder, segment, row.AsSpan(0, segment.Columns), ref writer);
            }
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(row);
        }
    }

    private static void Rearrange(ref LosslessJpegDecoder decoder, TiffSegment segment, Span<ushort> row, ref MosaicWriter writer)
    {
        var samples = ReadOnlySpan<ushort>.Empty;
        for (int y = 0; y < segment.Rows; y++)
        {
            if (samples.IsEmpty && decoder.RowLength == row.Length)
            {
                writer.Write(segment.Row + y, segment.Column, decoder.NextRow());
                continue;
            }
            int filled = 0;
            while (filled < row.Length)
            {
                if (samples.IsEmpty)
                    samples = decoder.NextRow();
                int count = Math.Min(samples.Length, row.Length - filled);
                samples[..count].CopyTo(row[filled..]);
                samples = samples[count..];
                filled += count;
            }
            writer.Write(segment.Row + y, segment.Column, row);
        }
    }
}
