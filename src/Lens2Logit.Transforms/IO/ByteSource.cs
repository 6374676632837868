using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Lens2Logit.IO;

/// <summary>
/// The bytes of a file, looked at through a window: a small file is read at once, of a large one no more than is asked for. Not thread safe.
/// </summary>
internal sealed class ByteSource : IDisposable
{
    // A file up to this size is one read; of larger ones, headers are read in pieces of that size.
    private const int SmallFile = 1 << 20, HeaderPiece = 1 << 14;

    private readonly SafeFileHandle? _file;
    private byte[] _window;
    private long _start;
    private int _count;

    private ByteSource(SafeFileHandle file, string name)
    {
        (_file, Name, Length) = (file, name, RandomAccess.GetLength(file));
        _window = [];
    }

    /// <summary>Bytes in memory.</summary>
    public ByteSource(byte[] bytes, string name) => (_window, _count, Name, Length) = (bytes, bytes.Length, name, bytes.Length);

    /// <summary>The file's name, for messages.</summary>
    public string Name { get; }

    public long Length { get; }

    /// <exception cref="IOException">The file does not exist or cannot be opened.</exception>
    public static ByteSource Open(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            return new(file, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the file, valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The file ends before them.</exception>
    public ReadOnlySpan<byte> Read(long offset, int count)
    {
        Require(offset, count);
        if (offset < _start || offset + count > _start + _count)
            MoveWindow(offset, count);
        return _window.AsSpan((int)(offset - _start), count);
    }

    /// <exception cref="InvalidDataException">The file ends before these bytes.</exception>
    public void Require(long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
            throw new InvalidDataException($"it ends at byte {Length}, but bytes {offset} to {offset + count} are needed. The file is cut short or damaged.");
    }

    public void Dispose()
    {
        if (_file is null)
            return;
        _file.Dispose();
        Release();
    }

    private void MoveWindow(long offset, int count)
    {
        long start = Length <= SmallFile ? 0 : offset;
        int wanted = (int)Math.Min(Length - start, Length <= SmallFile ? Length : Math.Max(count, HeaderPiece));
        if (_window.Length < wanted)
        {
            Release();
            _window = ArrayPool<byte>.Shared.Rent(wanted);
        }
        (_start, _count) = (start, 0);
        while (_count < wanted)
        {
            int read = RandomAccess.Read(_file!, _window.AsSpan(_count, wanted - _count), start + _count);
            if (read == 0)
                throw new InvalidDataException($"it ends at byte {start + _count}, though its length was {Length}: it has become shorter while it was read.");
            _count += read;
        }
    }

    private void Release()
    {
        if (_window.Length > 0)
            ArrayPool<byte>.Shared.Return(_window);
        _window = [];
    }
}
