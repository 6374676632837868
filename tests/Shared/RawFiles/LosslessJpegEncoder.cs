namespace Lens2Logit.Tests;

/// <summary>Writes lossless JPEG (ITU-T T.81, process 14, SOF3) with one fixed set of code lengths; not short, but with every predictor.</summary>
internal sealed class LosslessJpegEncoder
{
    // Lengths of the codes for differences of 0 to 16 bits. Together they leave a code unused, as the standard wants.
    private static readonly int[] CodeLengths = [2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 16];

    private readonly List<byte> _bytes = [];
    private ulong _bits;
    private int _count;

    /// <param name="samples">Rows of samples, components interleaved.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Samples of a row and component.</param>
    /// <param name="components">1 to 4.</param>
    /// <param name="precision">Bits of a sample.</param>
    /// <param name="predictor">1 to 7.</param>
    /// <param name="restartRows">Rows between restart markers; 0 for none.</param>
    public static byte[] Encode(ushort[] samples, int height, int width, int components, int precision, int predictor = 1, int restartRows = 0)
    {
        var encoder = new LosslessJpegEncoder();
        encoder.WriteHeaders(height, width, components, precision, predictor, restartRows);
        for (int row = 0; row < height; row++)
        {
            if (restartRows > 0 && row > 0 && row % restartRows == 0)
            {
                encoder.Align();
                encoder._bytes.AddRange([0xFF, (byte)(0xD0 + (row / restartRows - 1) % 8)]);
            }
            encoder.WriteRow(samples, row, width * components, components, precision, predictor, isFirst: row == 0 || (restartRows > 0 && row % restartRows == 0));
        }
        encoder.Align();
        encoder._bytes.AddRange([0xFF, 0xD9]);
        return [.. encoder._bytes];
    }

    private void WriteHeaders(int height, int width, int components, int precision, int predictor, int restartRows)
    {
        _bytes.AddRange([0xFF, 0xD8]);
        Segment(0xC4, [0, .. Enumerable.Range(1, 16).Select(length => (byte)CodeLengths.Count(l => l == length)), .. Enumerable.Range(0, 17).Select(s => (byte)s)]);
        Segment(0xC3, [(byte)precision, .. BigEndian(height), .. BigEndian(width), (byte)components, .. Enumerable.Range(0, components).SelectMany(c => new byte[] { (byte)c, 0x11, 0 })]);
        if (restartRows > 0)
            Segment(0xDD, BigEndian(restartRows * width));
        Segment(0xDA, [(byte)components, .. Enumerable.Range(0, components).SelectMany(c => new byte[] { (byte)c, 0 }), (byte)predictor, 0, 0]);
    }

    private void WriteRow(ushort[] samples, int row, int stride, int components, int precision, int predictor, bool isFirst)
    {
        for (int x = 0; x < stride; x++)
        {
            int i = row * stride + x;
            int left = x >= components ? samples[i - components] : 0, up = row > 0 ? samples[i - stride] : 0, corner = row > 0 && x >= components ? samples[i - stride - components] : 0;
            int prediction = (isFirst, x < components) switch
            {
                (true, true) => 1 << (precision - 1),
                (true, false) => left,
                (false, true) => up,
                _ => predictor switch { 1 => left, 2 => up, 3 => corner, 4 => left + up - corner, 5 => left + ((up - corner) >> 1), 6 => up + ((left - corner) >> 1), _ => (left + up) >> 1 },
            };
            WriteDifference((short)(samples[i] - prediction));
        }
    }

    private void WriteDifference(int difference)
    {
        int magnitude = Math.Abs(difference), length = magnitude == 0 ? 0 : (int)Math.Log2(magnitude) + 1, code = 0;
        for (int symbol = 0; symbol < length; symbol++)
            code = (code + 1) << (CodeLengths[symbol + 1] - CodeLengths[symbol]);
        Put(code, CodeLengths[length]);
        if (length is > 0 and < 16)
            Put(difference > 0 ? difference : difference + (1 << length) - 1, length);
    }

    private void Put(int value, int length)
    {
        _bits = _bits << length | (uint)(value & ((1 << length) - 1));
        _count += length;
        for (; _count >= 8; _count -= 8)
        {
            byte next = (byte)(_bits >> (_count - 8));
            _bytes.Add(next);
            if (next == 0xFF)
                _bytes.Add(0);
        }
    }

    private void Align()
    {
        if (_count > 0)
            Put(0xFF, 8 - _count);
    }

    private void Segment(byte marker, byte[] content) => _bytes.AddRange([0xFF, marker, .. BigEndian(content.Length + 2), .. content]);

    private static byte[] BigEndian(int value) => [(byte)(value >> 8), (byte)value];
}
