namespace Lens2Logit.IO.Png;

/// <summary>The compressed data of a PNG: that of all its IDAT chunks, which follow each other.</summary>
internal sealed class PngData(ByteSource source, long firstChunk) : Stream
{
    private long _next = firstChunk, _position;
    private int _left;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (_left == 0)
        {
            var (kind, offset, length) = PngChunk.At(source, _next);
            if (kind != PngChunk.Data)
                return 0;
            (_position, _left, _next) = (offset, length, offset + length + PngChunk.ChecksumLength);
        }
        int count = Math.Min(buffer.Length, _left);
        source.Read(_position, count).CopyTo(buffer);
        _position += count;
        _left -= count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
