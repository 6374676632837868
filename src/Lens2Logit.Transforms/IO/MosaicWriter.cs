using System.Buffers;
using System.Globalization;

namespace Lens2Logit.IO;

/// <summary>Takes pieces of stored rows and puts what counts of them where it belongs in the delivered image.</summary>
internal ref struct MosaicWriter
{
    private readonly Span<float> _values;
    private readonly MosaicGeometry _geometry;
    private readonly StoredSamples _format;
    private readonly CodeScale? _scale;
    private readonly BlackResidual? _residual;
    private ushort[] _codes = [];
    private float[] _row = [];

    /// <param name="values">The delivered image [H, W].</param>
    /// <param name="geometry">Crop and orientation.</param>
    /// <param name="format">How samples are stored.</param>
    /// <param name="scale">What integers stand for; null for floating point.</param>
    /// <param name="residual">What to subtract from pixels whose black level is not that of their place in the 2×2 cell; null for nothing.</param>
    public MosaicWriter(Span<float> values, MosaicGeometry geometry, StoredSamples format, CodeScale? scale, BlackResidual? residual = null)
    {
        _values = values;
        (_geometry, _format, _scale, _residual) = (geometry, format, scale, residual);
    }

    /// <summary>Writes a piece of a row from its stored bytes.</summary>
    /// <exception cref="InvalidDataException">A sample is not finite, or does not fit the depth.</exception>
    public void Write(int row, int column, ReadOnlySpan<byte> stored, int count)
    {
        if (!Counts(row, column, count, out int first, out int length))
            return;
        if (!_format.IsFloat)
        {
            Reserve(ref _codes, count);
            Write(row, column, _format.Codes(stored, _codes.AsSpan(0, count)));
            return;
        }
        Reserve(ref _row, count);
        var values = _row.AsSpan(0, count);
        _format.Values(stored, values);
        Put(row, column + first, values.Slice(first, length));
    }

    /// <summary>Writes a piece of a row of integers.</summary>
    /// <exception cref="InvalidDataException">A sample does not fit the depth.</exception>
    public void Write(int row, int column, ReadOnlySpan<ushort> codes)
    {
        if (!Counts(row, column, codes.Length, out int first, out int length))
            return;
        var scale = _scale!;
        codes = codes.Slice(first, length);
        if (scale.Exceeds(codes))
            throw new InvalidDataException($"row {row} holds samples of more than {scale.CodeBits} bits; bit depth or byte order is another, or the data is damaged.");
        if (_geometry.Orientation == RawOrientation.TopLeft)
        {
            var target = _values.Slice((row - _geometry.Top) * _geometry.Width + column + first - _geometry.Left, length);
            scale.Apply(codes, target);
            _residual?.Subtract(row - _geometry.Top, column + first - _geometry.Left, target);
            return;
        }
        Reserve(ref _row, length);
        var values = _row.AsSpan(0, length);
        scale.Apply(codes, values);
        _residual?.Subtract(row - _geometry.Top, column + first - _geometry.Left, values);
        Scatter(row - _geometry.Top, column + first - _geometry.Left, values);
    }

    /// <summary>Gives scratch memory back to its pool. After an error it is left to the garbage collector.</summary>
    public void Release()
    {
        Reserve(ref _codes, 0);
        Reserve(ref _row, 0);
    }

    private readonly void Put(int row, int column, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it holds {values[i]} at row {row}, column {column + i}; every pixel must be finite."));
        }
        _residual?.Subtract(row - _geometry.Top, column - _geometry.Left, values);
        Scatter(row - _geometry.Top, column - _geometry.Left, values);
    }

    private readonly void Scatter(int row, int column, ReadOnlySpan<float> values)
    {
        var (firstRow, firstColumn) = _geometry.Deliver(row, column);
        var (nextRow, nextColumn) = _geometry.Deliver(row, column + 1);
        int width = _geometry.DeliveredWidth, index = firstRow * width + firstColumn, step = (nextRow - firstRow) * width + nextColumn - firstColumn;
        if (step == 1)
        {
            values.CopyTo(_values[index..]);
            return;
        }
        foreach (float value in values)
        {
            _values[index] = value;
            index += step;
        }
    }

    private readonly bool Counts(int row, int column, int count, out int first, out int length)
    {
        first = Math.Max(0, _geometry.Left - column);
        length = Math.Min(count, _geometry.Left + _geometry.Width - column) - first;
        return row >= _geometry.Top && row < _geometry.Top + _geometry.Height && length > 0;
    }

    /// <summary>Exchanges a rented array for one of at least <paramref name="length"/> elements, or none for 0.</summary>
    private static void Reserve<T>(ref T[] array, int length)
    {
        if (length > 0 && array.Length >= length)
            return;
        if (array.Length > 0)
            ArrayPool<T>.Shared.Return(array);
        array = length > 0 ? ArrayPool<T>.Shared.Rent(length) : [];
    }
}
