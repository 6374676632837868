using Lens2Logit.IO.Tiff;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.IO.Dng;

/// <summary>
/// What a DNG says about its raw values: active area, linearisation, black and white level, noise. Source: DNG specification 1.4,
/// chapters 4 and 5.
/// </summary>
internal sealed class DngLevels
{
    private readonly double[] _black;
    private readonly double _white;

    /// <exception cref="InvalidDataException">A tag is not as the specification says.</exception>
    public DngLevels(TiffDirectory raw, TiffRaster raster)
    {
        ActiveArea = ReadActiveArea(raw, raster);
        double unit = 1;
        double? white = raw.Finite(TiffTag.WhiteLevel, 1, 1)?[0];
        if (!raster.Format.IsFloat)
        {
            long entries = raw.Count(TiffTag.LinearizationTable);
            if (entries > 1 << 16)
                throw new InvalidDataException($"its LinearizationTable has {entries} entries; expected at most 65536.");
            var table = Array.ConvertAll(raw.Integers(TiffTag.LinearizationTable, entries) ?? [], v => (ushort)Math.Min(v, ushort.MaxValue));
            Scale = table.Length > 0 ? new(raster.Format.Bits, table, white ?? 0) : new(raster.Format.Bits);
            unit = (1 << Scale.BitDepth) - 1;
        }
        _white = (white ?? unit) / unit;

        var (pattern, rows) = ReadBlackPattern(raw);
        _black = CellOf(pattern, rows);
        if (!(_black.Max() < (white ?? unit)))
            throw new InvalidDataException(FormattableString.Invariant($"its WhiteLevel is {white ?? unit}, its BlackLevel {_black.Max()}; white must be above black."));
        Residual = ReadResidual(raw, pattern, rows, unit);
        _black = Array.ConvertAll(_black, level => level / unit);
        NoiseProfile = ReadNoise(raw);
    }

    public MosaicGeometry ActiveArea { get; }

    /// <summary>Null for floating point.</summary>
    public CodeScale? Scale { get; }

    public BlackResidual? Residual { get; }

    public IReadOnlyList<NoiseProfile> NoiseProfile { get; }

    /// <param name="first">The directory that describes the camera.</param>
    /// <param name="cfa">The colour filter array.</param>
    /// <exception cref="InvalidDataException">Its colours are not as the specification says.</exception>
    public CameraParameters Camera(TiffDirectory first, CfaPattern cfa)
    {
        var camera = new CameraParameters { Name = TiffRawFile.CameraName(first), BlackLevel = _black, WhiteLevel = _white, Cfa = cfa };
        if (!cfa.IsBayer())
            return camera;
        var color = new DngColor(first);
        return camera with { WhiteBalance = color.WhiteBalance, ColorMatrix = color.ColorMatrix };
    }

    private static MosaicGeometry ReadActiveArea(TiffDirectory raw, TiffRaster raster)
    {
        if (raw.Integers(TiffTag.ActiveArea, 4) is not [var top, var left, var bottom, var right])
            return new(0, 0, raster.Height, raster.Width, RawOrientation.TopLeft);
        if (top >= bottom || left >= right || bottom > raster.Height || right > raster.Width)
            throw new InvalidDataException($"its ActiveArea, rows {top} to {bottom} and columns {left} to {right}, is not within its {raster.Height}×{raster.Width} pixels.");
        return new((int)top, (int)left, (int)(bottom - top), (int)(right - left), RawOrientation.TopLeft);
    }

    private static (double[] Pattern, int Rows) ReadBlackPattern(TiffDirectory raw)
    {
        var size = raw.Finite(TiffTag.BlackLevelRepeatDim, 2, 2) ?? [1, 1];
        if (!size.All(s => s is >= 1 and <= 64 && s == Math.Floor(s)))
            throw new InvalidDataException(FormattableString.Invariant($"its BlackLevelRepeatDim is {size[0]}×{size[1]}; expected 1 to 64."));
        int rows = (int)size[0], count = rows * (int)size[1];
        return (raw.Finite(TiffTag.BlackLevel, count, count) ?? new double[count], rows);
    }

    /// <summary>The means of a pattern at the four positions of the 2×2 cell.</summary>
    private static double[] CellOf(double[] pattern, int rows)
    {
        int columns = pattern.Length / rows;
        // Twice the pattern holds each of its values at every position of the cell that it can have.
        return [.. Enumerable.Range(0, 4).Select(position => (
            from row in Enumerable.Range(0, 2 * rows)
            from column in Enumerable.Range(0, 2 * columns)
            where (row & 1) == position >> 1 && (column & 1) == (position & 1)
            select pattern[row % rows * columns + column % columns]).Average())];
    }

    private BlackResidual? ReadResidual(TiffDirectory raw, double[] pattern, int rows, double unit)
    {
        var ofColumns = Scaled(raw.Finite(TiffTag.BlackLevelDeltaH, ActiveArea.Width, ActiveArea.Width));
        var ofRows = Scaled(raw.Finite(TiffTag.BlackLevelDeltaV, ActiveArea.Height, ActiveArea.Height));
        int columns = pattern.Length / rows;
        bool isLarger = rows > 2 || columns > 2;
        if (!isLarger && ofColumns is null && ofRows is null)
            return null;
        return new(isLarger ? Beyond() : null, 2 * rows, ofRows, ofColumns);

        float[]? Scaled(double[]? deltas) => deltas is null ? null : Array.ConvertAll(deltas, d => (float)(d / unit));

        float[] Beyond() => [.. from row in Enumerable.Range(0, 2 * rows)
                                from column in Enumerable.Range(0, 2 * columns)
                                select (float)((pattern[row % rows * columns + column % columns] - _black[((row & 1) << 1) | (column & 1)]) / unit)];
    }

    private static IReadOnlyList<NoiseProfile> ReadNoise(TiffDirectory raw) => raw.Finite(TiffTag.NoiseProfile, 2, 6) switch
    {
        null => [],
        { Length: 2 or 6 } values => [.. values.Chunk(2).Select(pair => new NoiseProfile(pair[0], pair[1]))],
        var other => throw new InvalidDataException($"its NoiseProfile has {other.Length} values; expected 2 or 6."),
    };
}
