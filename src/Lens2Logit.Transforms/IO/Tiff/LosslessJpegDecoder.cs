using System.Buffers.Binary;

namespace Lens2Logit.IO.Tiff;

/// <summary>
/// Lossless JPEG with Huffman coding (ITU-T T.81, process 14, SOF3) row by row: all predictors, up to 4 components without subsampling,
/// restart intervals, 2 to 16 bits.
/// </summary>
/// <remarks>
/// Of the managed packages only JpegLibrary 0.4.32 decodes it; it was tried first. It is exact with predictor 1 alone (it predicts the
/// first row from above), searches seconds on an empty Huffman table, and is several times slower.
/// </remarks>
internal ref struct LosslessJpegDecoder
{
    private const byte Prefix = 0xFF, StartOfImage = 0xD8, StartOfLosslessFrame = 0xC3, HuffmanTables = 0xC4, StartOfScan = 0xDA, RestartInterval = 0xDD, FirstRestart = 0xD0;

    private readonly ReadOnlySpan<byte> _data;
    private readonly JpegHuffmanTable?[] _tables = new JpegHuffmanTable?[4];
    private readonly JpegHuffmanTable[] _componentTables = [];
    private readonly byte[] _componentIds = [];
    private readonly int _predictor, _restartRows;
    private readonly ushort[] _above, _current;
    private JpegBitReader _bits;
    private int _row;

    /// <summary>Reads everything up to the first sample.</summary>
    /// <exception cref="InvalidDataException">It is no lossless JPEG, or one of an unknown kind; the message says which.</exception>
    public LosslessJpegDecoder(ReadOnlySpan<byte> data)
    {
        _data = data;
        if (data.Length < 4 || data[0] != Prefix || data[1] != StartOfImage)
            throw new InvalidDataException("its compressed data does not begin as a JPEG does.");
        int position = 2, restartInterval = 0;
        while (true)
        {
            byte marker = NextSegment(ref position, out var segment);
            switch (marker)
            {
                case StartOfLosslessFrame:
                    if (Components > 0)
                        throw Damaged("two frames");
                    (Precision, Height, Width, _componentIds) = ReadFrame(segment);
                    break;
                case HuffmanTables:
                    ReadTables(segment);
                    break;
                case RestartInterval:
                    restartInterval = segment.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(segment) : throw Damaged("a short restart interval");
                    break;
                case StartOfScan:
                    if (Components == 0)
                        throw Damaged("a scan before its frame");
                    (_componentTables, _predictor) = ReadScan(segment);
                    if (restartInterval % Width != 0)
                        throw Damaged($"a restart interval of {restartInterval} samples in rows of {Width}");
                    _restartRows = restartInterval / Width;
                    _bits = new(data[position..]);
                    (_above, _current) = (new ushort[RowLength], new ushort[RowLength]);
                    return;
                case >= 0xC0 and <= 0xCF and not 0xC8 and not 0xCC:
                    throw new InvalidDataException($"its compressed data is JPEG of kind SOF{marker - 0xC0}; a raw image needs lossless JPEG, SOF3.");
            }
        }
    }

    public int Precision { get; }

    public int Height { get; }

    public int Width { get; }

    public readonly int Components => _componentIds.Length;

    /// <summary>Samples of a row, components interleaved.</summary>
    public readonly int RowLength => Width * Components;

    /// <summary>The next row of samples, valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The data is damaged or ends too early.</exception>
    public ReadOnlySpan<ushort> NextRow()
    {
        if (_row == Height)
            throw Damaged("fewer rows than needed");
        if (_restartRows > 0 && _row > 0 && _row % _restartRows == 0)
            _bits.Restart(FirstRestart + (_row / _restartRows - 1) % 8);
        // The row decoded last lies in _current; the next goes into the memory of the one before it.
        bool isFirst = _row == 0 || (_restartRows > 0 && _row % _restartRows == 0), isEven = (_row & 1) == 0;
        ushort[] row = isEven ? _current : _above, above = isEven ? _above : _current;
        int components = Components;
        for (int component = 0; component < components; component++)
        {
            int prediction = isFirst ? 1 << (Precision - 1) : above[component];
            row[component] = (ushort)(prediction + _bits.Difference(_componentTables[component]));
        }
        // The first row of a restart interval knows only what is to the left (T.81, H.1.2.1).
        DecodeRest(row, above, isFirst ? 1 : _predictor);
        _row++;
        if (_bits.IsExhausted)
            throw Damaged($"an end within row {_row - 1} of {Height}");
        return row;
    }

    private void DecodeRest(Span<ushort> row, ReadOnlySpan<ushort> above, int predictor)
    {
        var bits = _bits; // a copy stays in registers
        int components = Components;
        for (int i = components; i < row.Length;)
        {
            foreach (var table in _componentTables)
            {
                int left = row[i - components], up = above[i], corner = above[i - components];
                int prediction = predictor switch
                {
                    1 => left,
                    2 => up,
                    3 => corner,
                    4 => left + up - corner,
                    5 => left + ((up - corner) >> 1),
                    6 => up + ((left - corner) >> 1),
                    _ => (left + up) >> 1,
                };
                row[i++] = (ushort)(prediction + bits.Difference(table));
            }
        }
        _bits = bits;
    }

    private readonly byte NextSegment(scoped ref int position, out ReadOnlySpan<byte> segment)
    {
        while (position < _data.Length && _data[position] == Prefix && position + 1 < _data.Length && _data[position + 1] == Prefix)
            position++;
        if (position + 4 > _data.Length || _data[position] != Prefix)
            throw Damaged("no marker where one is due");
        byte marker = _data[position + 1];
        int length = BinaryPrimitives.ReadUInt16BigEndian(_data[(position + 2)..]);
        if (length < 2 || position + 2 + length > _data.Length)
            throw Damaged("a segment longer than the data");
        segment = _data.Slice(position + 4, length - 2);
        position += 2 + length;
        return marker;
    }

    private static (int Precision, int Height, int Width, byte[] Ids) ReadFrame(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 6 || segment.Length < 6 + 3 * segment[5])
            throw Damaged("a short frame header");
        int precision = segment[0], height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), components = segment[5];
        if (precision is < 2 or > 16 || height == 0 || width == 0 || components is < 1 or > 4)
            throw Damaged($"a frame of {height}×{width} pixels with {components} components of {precision} bits");
        var ids = new byte[components];
        for (int i = 0; i < components; i++)
        {
            ids[i] = segment[6 + 3 * i];
            if (segment[7 + 3 * i] != 0x11)
                throw Damaged("subsampled components");
        }
        return (precision, height, width, ids);
    }

    private readonly void ReadTables(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int destination = segment[0];
            if (destination > 3)
                throw Damaged($"a Huffman table for destination {destination}");
            _tables[destination] = JpegHuffmanTable.Read(segment[1..], out int length);
            segment = segment[(1 + length)..];
        }
    }

    private readonly (JpegHuffmanTable[] Tables, int Predictor) ReadScan(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 4 + 2 * Components || segment[0] != Components)
            throw Damaged("a scan that does not hold all components");
        var tables = new JpegHuffmanTable[Components];
        for (int i = 0; i < tables.Length; i++)
        {
            int table = segment[2 + 2 * i] >> 4;
            if (segment[1 + 2 * i] != _componentIds[i] || table > 3)
                throw Damaged("a scan whose components are not those of the frame");
            tables[i] = _tables[table] ?? throw Damaged($"no Huffman table {table}");
        }
        int predictor = segment[1 + 2 * tables.Length], pointTransform = segment[3 + 2 * tables.Length] & 15;
        if (predictor is < 1 or > 7)
            throw Damaged($"predictor {predictor}");
        if (pointTransform != 0)
            throw Damaged($"a point transform of {pointTransform}, which loses bits");
        return (tables, predictor);
    }

    private static InvalidDataException Damaged(string what) => new($"its lossless JPEG data is damaged: it has {what}.");
}
