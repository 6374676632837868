using System.Buffers.Binary;
using System.Globalization;
using BitMiracle.LibTiff.Classic;
using LibTiff = BitMiracle.LibTiff.Classic.Tiff;

namespace Lens2Logit.IO.Tiff;

/// <summary>
/// Strips and tiles decompressed by LibTiff (LZW, Deflate, PackBits, with predictors). It is shown the file with a directory of our own
/// beyond its end, which holds what <see cref="TiffRaster"/> has checked and nothing else: of a damaged file only the compressed bytes
/// reach it.
/// </summary>
internal sealed class LibTiffSegments : IDisposable
{
    private readonly TiffRaster _raster;
    private readonly View _view;
    private readonly LibTiff _tiff;

    /// <exception cref="InvalidDataException">LibTiff does not take the image.</exception>
    public LibTiffSegments(TiffRaster raster)
    {
        Messages.Install();
        _raster = raster;
        _view = new(raster);
        _tiff = Call(() => LibTiff.ClientOpen(raster.Source.Name, "r", _view, _view)) ?? throw Failure();
    }

    /// <summary>Decompresses a segment into a buffer that holds all of it; samples of whole bytes come in the byte order of this machine.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public void Decode(int index, byte[] buffer, int count)
    {
        int read = Call(() => _raster.IsTiled ? _tiff.ReadEncodedTile(index, buffer, 0, count) : _tiff.ReadEncodedStrip(index, buffer, 0, count));
        if (read != count)
            throw Failure();
    }

    public void Dispose() => _tiff.Dispose();

    // A port of a C library: damaged data may surface as any exception.
    private static T Call<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is not (OutOfMemoryException or IOException))
        {
            throw new InvalidDataException($"its compressed data is damaged: {e.Message}", e);
        }
    }

    private InvalidDataException Failure() => new($"its compressed data is damaged{(_view.Message is { } message ? $": {message}" : "")}.");

    /// <summary>The file as LibTiff sees it: a header that points beyond the end, the bytes as they are, and there the directory.</summary>
    private sealed class View : TiffStream
    {
        private const int HeaderBytes = 8, Piece = 1 << 16;

        private readonly ByteSource _source;
        private readonly byte[] _header, _directory;
        private long _position;

        public View(TiffRaster raster)
        {
            _source = raster.Source;
            // Readers expect directories at even offsets.
            long start = (_source.Length + 1) & ~1L;
            if (start > int.MaxValue)
                throw new InvalidDataException($"it has {_source.Length} bytes; compressed TIFF is read up to 2 GB.");
            var writer = new DirectoryWriter(raster.Format.IsBigEndian, (uint)start);
            _header = writer.Header();
            _directory = writer.Write(Entries(raster));
        }

        /// <summary>LibTiff's last complaint.</summary>
        public string? Message { get; set; }

        public override int Read(object clientData, byte[] buffer, int offset, int count)
        {
            long start = (_source.Length + 1) & ~1L;
            int done = 0;
            while (done < count)
            {
                int now = Math.Min(count - done, Piece);
                ReadOnlySpan<byte> bytes;
                if (_position < HeaderBytes)
                    bytes = _header.AsSpan((int)_position);
                else if (_position >= start)
                    bytes = _directory.AsSpan((int)Math.Min(_position - start, _directory.Length));
                else
                    bytes = _source.Read(_position, (int)Math.Min(now, _source.Length - _position));
                bytes = bytes[..Math.Min(bytes.Length, now)];
                if (bytes.IsEmpty)
                    break;
                bytes.CopyTo(buffer.AsSpan(offset + done));
                done += bytes.Length;
                _position += bytes.Length;
            }
            return done;
        }

        public override long Seek(object clientData, long offset, SeekOrigin origin) => _position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Size(clientData) + offset,
        };

        public override long Size(object clientData) => ((_source.Length + 1) & ~1L) + _directory.Length;

        public override void Close(object clientData)
        {
        }

        public override void Write(object clientData, byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private static IEnumerable<(TiffTag Tag, uint[] Values)> Entries(TiffRaster raster)
        {
            var segments = Enumerable.Range(0, raster.SegmentCount).Select(raster.Segment).ToArray();
            uint[] offsets = Array.ConvertAll(segments, s => (uint)s.Offset), counts = Array.ConvertAll(segments, s => (uint)s.Bytes);
            yield return (TiffTag.ImageWidth, [(uint)raster.Width]);
            yield return (TiffTag.ImageLength, [(uint)raster.Height]);
            yield return (TiffTag.BitsPerSample, [(uint)raster.Format.Bits]);
            yield return (TiffTag.Compression, [raster.Compression]);
            yield return (TiffTag.PhotometricInterpretation, [Photometric.BlackIsZero]);
            yield return (TiffTag.SamplesPerPixel, [1]);
            if (!raster.IsTiled)
            {
                yield return (TiffTag.StripOffsets, offsets);
                yield return (TiffTag.RowsPerStrip, [(uint)raster.SegmentHeight]);
                yield return (TiffTag.StripByteCounts, counts);
            }
            if (raster.Predictor != 1)
                yield return (TiffTag.Predictor, [raster.Predictor]);
            if (raster.IsTiled)
            {
                yield return (TiffTag.TileWidth, [(uint)raster.SegmentWidth]);
                yield return (TiffTag.TileLength, [(uint)raster.SegmentHeight]);
                yield return (TiffTag.TileOffsets, offsets);
                yield return (TiffTag.TileByteCounts, counts);
            }
            yield return (TiffTag.SampleFormat, [raster.Format.IsFloat ? 3u : 1u]);
        }
    }

    /// <summary>Writes a directory of whole numbers at a given place of a file: SHORT where a single value fits, which some tags must have, else LONG.</summary>
    private sealed class DirectoryWriter(bool isBigEndian, uint start)
    {
        private const ushort Short = 3, Long = 4, Magic = 42;

        public byte[] Header()
        {
            var header = new byte[8];
            (isBigEndian ? "MM"u8 : "II"u8).CopyTo(header);
            Put(header.AsSpan(2), Magic);
            Put(header.AsSpan(4), start);
            return header;
        }

        public byte[] Write(IEnumerable<(TiffTag Tag, uint[] Values)> entries)
        {
            var all = entries.OrderBy(e => e.Tag).ToArray();
            int place = 2 + 12 * all.Length + 4;
            var bytes = new byte[place + all.Sum(e => e.Values.Length > 1 ? 4 * e.Values.Length : 0)];
            Put(bytes, (ushort)all.Length);
            for (int i = 0; i < all.Length; i++)
            {
                var (tag, values) = all[i];
                var entry = bytes.AsSpan(2 + 12 * i);
                Put(entry, (ushort)tag);
                bool isShort = values is [<= ushort.MaxValue];
                Put(entry[2..], isShort ? Short : Long);
                Put(entry[4..], (uint)values.Length);
                if (isShort)
                    Put(entry[8..], (ushort)values[0]);
                else
                    Put(entry[8..], values.Length == 1 ? values[0] : start + (uint)place);
                if (values.Length == 1)
                    continue;
                foreach (uint value in values)
                {
                    Put(bytes.AsSpan(place), value);
                    place += 4;
                }
            }
            return bytes;
        }

        private void Put(Span<byte> target, ushort value)
        {
            if (isBigEndian)
                BinaryPrimitives.WriteUInt16BigEndian(target, value);
            else
                BinaryPrimitives.WriteUInt16LittleEndian(target, value);
        }

        private void Put(Span<byte> target, uint value)
        {
            if (isBigEndian)
                BinaryPrimitives.WriteUInt32BigEndian(target, value);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(target, value);
        }
    }

    /// <summary>
    /// LibTiff has one place for messages in a process, and by default writes them to the console. Those of our files are kept; all
    /// others go where they went before.
    /// </summary>
    private sealed class Messages : TiffErrorHandler
    {
        private static readonly Lazy<Messages> Installed = new(() =>
        {
            var messages = new Messages();
            messages._others = LibTiff.SetErrorHandler(messages);
            return messages;
        });

        private TiffErrorHandler? _others;

        public static void Install() => _ = Installed.Value;

        public override void ErrorHandler(LibTiff tif, string method, string format, params object[] args)
        {
            if (tif?.Clientdata() is View view)
                view.Message = string.Format(CultureInfo.InvariantCulture, format, args);
            else
                _others?.ErrorHandler(tif, method, format, args);
        }

        public override void WarningHandler(LibTiff tif, string method, string format, params object[] args)
        {
            if (tif?.Clientdata() is not View)
                _others?.WarningHandler(tif, method, format, args);
        }

        public override void ErrorHandlerExt(LibTiff tif, object clientData, string method, string format, params object[] args)
        {
            if (clientData is not View)
                _others?.ErrorHandlerExt(tif, clientData, method, format, args);
        }

        public override void WarningHandlerExt(LibTiff tif, object clientData, string method, string format, params object[] args)
        {
            if (clientData is not View)
                _others?.WarningHandlerExt(tif, clientData, method, format, args);
        }
    }
}
