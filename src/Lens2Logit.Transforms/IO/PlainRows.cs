namespace Lens2Logit.IO;

/// <summary>Rows of pixels that lie in the file as they are.</summary>
internal static class PlainRows
{
    // Large enough that a read costs little beside its bytes, small enough that they are still in the processor's cache when converted.
    private const int PieceBytes = 1 << 18;

    /// <param name="source">The file.</param>
    /// <param name="offset">Where the first row begins.</param>
    /// <param name="format">How samples are stored.</param>
    /// <param name="row">Which row of the stored image comes first.</param>
    /// <param name="column">Which column of the stored image comes first.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="writer">Takes the rows.</param>
    /// <exception cref="InvalidDataException">The file ends too early, or a sample is refused by <paramref name="writer"/>.</exception>
    public static void Read(ByteSource source, long offset, StoredSamples format, int row, int column, int rows, int columns, ref MosaicWriter writer)
    {
        int rowBytes = checked((int)format.RowBytes(columns)), rowsAtOnce = Math.Max(1, PieceBytes / rowBytes);
        for (int first = 0; first < rows; first += rowsAtOnce)
        {
            int count = Math.Min(rowsAtOnce, rows - first);
            var bytes = source.Read(offset + (long)first * rowBytes, count * rowBytes);
            for (int y = 0; y < count; y++)
                writer.Write(row + first + y, column, bytes.Slice(y * rowBytes, rowBytes), columns);
        }
    }
}
