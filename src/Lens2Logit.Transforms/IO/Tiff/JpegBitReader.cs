using System.Buffers.Binary;

namespace Lens2Logit.IO.Tiff;

/// <summary>
/// The entropy-coded bits of a JPEG (ITU-T T.81, annex F and H): stuffed zero bytes left out, up to the next marker. Beyond the end it
/// gives zeros, and says so.
/// </summary>
internal ref struct JpegBitReader(ReadOnlySpan<byte> data)
{
    private const byte Prefix = 0xFF;

    private readonly ReadOnlySpan<byte> _data = data;
    private int _position;

    // The next bits, from the highest down; how many of them are there. Fewer than 0: that many beyond the end were taken.
    private ulong _buffer;
    private int _count;
    private bool _ended;

    /// <summary>Whether bits beyond the end have been taken.</summary>
    public readonly bool IsExhausted => _count < 0;

    /// <summary>The next difference: a code for its length in bits, then the bits (T.81, H.1.2.2).</summary>
    /// <exception cref="InvalidDataException">There is no such code.</exception>
    public int Difference(JpegHuffmanTable table)
    {
        if (_count < 32 && !_ended)
            Fill();
        int entry = table.Find((int)(_buffer >> 48)), length = entry >> 8, bits = entry & 0xFF;
        _buffer <<= length;
        _count -= length;
        if (bits == 0)
            return 0;
        if (bits == 16)
            return 1 << 15;
        int value = (int)(_buffer >> (64 - bits));
        _buffer <<= bits;
        _count -= bits;
        // The lower half of the values of that length stands for negative ones.
        return value >> (bits - 1) == 0 ? value - (1 << bits) + 1 : value;
    }

    /// <summary>Goes on after a restart marker, which must be next.</summary>
    /// <exception cref="InvalidDataException">Something else is next.</exception>
    public void Restart(int marker)
    {
        if (!_ended)
            Fill();
        while (_position + 1 < _data.Length && _data[_position] == Prefix && _data[_position + 1] == Prefix)
            _position++;
        if (!_ended || _count >= 8 || _position + 1 >= _data.Length || _data[_position] != Prefix || _data[_position + 1] != marker)
            throw new InvalidDataException("its lossless JPEG data is damaged: a restart marker is not where it should be.");
        _position += 2;
        (_buffer, _count, _ended) = (0, 0, false);
    }

    private void Fill()
    {
        if (_position + 8 <= _data.Length)
        {
            ulong next = BinaryPrimitives.ReadUInt64BigEndian(_data[_position..]);
            // A byte is 0xFF where its complement is zero.
            ulong inverse = ~next;
            if (((inverse - 0x0101010101010101) & ~inverse & 0x8080808080808080) == 0)
            {
                int bytes = (64 - _count) >> 3;
                // The bits beyond whole bytes are shifted in too: the same ones are put there again by the next call.
                _buffer |= next >> _count;
                _position += bytes;
                _count += 8 * bytes;
                return;
            }
        }
        while (_count <= 56)
        {
            if (_position >= _data.Length || (_data[_position] == Prefix && (_position + 1 >= _data.Length || _data[_position + 1] != 0)))
            {
                _ended = true;
                return;
            }
            byte value = _data[_position];
            _buffer |= (ulong)value << (56 - _count);
            _position += value == Prefix ? 2 : 1;
            _count += 8;
        }
    }
}
