using System.Numerics;

namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>
/// Collects the frames of one flat field and keeps only sums, so that any number of them takes the memory of two.
/// </summary>
/// <remarks>
/// A real light field that is uneven adds to the nonuniformity: the standard (chapter 6) asks for less than 3 %, and corrects the rest
/// before. A colour sensor is analysed one site of its 2×2 cell at a time: <see cref="TakeSite"/>. Not thread safe.
/// </remarks>
public sealed class FlatFieldFrames
{
    /// <summary>Smallest height and width: below, rows, columns and pixels cannot be told apart.</summary>
    public const int MinimumSize = 4;

    private readonly double[] _sum, _squares, _rowSum, _rowSquares;
    private double _frameSum, _frameSquares;
    private long _underflow;

    // All values joined bit by bit; null once one was no whole number.
    private uint? _bits = 0;

    /// <summary>An empty stack.</summary>
    /// <param name="height">Rows of every frame, at least <see cref="MinimumSize"/>.</param>
    /// <param name="width">Columns of every frame, at least <see cref="MinimumSize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is too small.</exception>
    public FlatFieldFrames(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, MinimumSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, MinimumSize);
        (Height, Width) = (height, width);
        (_sum, _squares) = (new double[checked(height * width)], new double[height * width]);
        (_rowSum, _rowSquares) = (new double[height], new double[height]);
    }

    /// <summary>Rows of every frame.</summary>
    public int Height { get; }

    /// <summary>Columns of every frame.</summary>
    public int Width { get; }

    /// <summary>Frames so far.</summary>
    public int Frames { get; private set; }

    /// <summary>A flat field from all of its frames at once.</summary>
    /// <param name="frames">Two frames or more, each [<paramref name="height"/>, <paramref name="width"/>] in DN.</param>
    /// <param name="height">Rows of every frame.</param>
    /// <param name="width">Columns of every frame.</param>
    /// <param name="photonsPerPixel">Photons μp that hit a pixel, at least 0.</param>
    /// <param name="exposureTimeSeconds">Exposure time t in s, at least 0.</param>
    /// <exception cref="ArgumentException">A frame has another size or a value that is not finite, or a number is out of range.</exception>
    /// <exception cref="InvalidOperationException">There are fewer than two frames.</exception>
    public static FlatField Of(IEnumerable<float[]> frames, int height, int width, double photonsPerPixel, double exposureTimeSeconds)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var stack = new FlatFieldFrames(height, width);
        foreach (var frame in frames)
        {
            stack.Add(frame);
        }

        return stack.ToFlatField(photonsPerPixel, exposureTimeSeconds);
    }

    /// <summary>The pixels of one site of the 2×2 cell, which see one colour: [⌈height/2⌉ or ⌊height/2⌋, likewise for the width].</summary>
    /// <param name="mosaic">A mosaic [<paramref name="height"/>, <paramref name="width"/>].</param>
    /// <param name="height">Rows of the mosaic.</param>
    /// <param name="width">Columns of the mosaic.</param>
    /// <param name="row">Row of the site in the cell, 0 or 1.</param>
    /// <param name="column">Column of the site in the cell, 0 or 1.</param>
    /// <exception cref="ArgumentException">The mosaic has another length, or the site is not in the cell.</exception>
    public static float[] TakeSite(ReadOnlySpan<float> mosaic, int height, int width, int row, int column)
    {
        RequireLength(mosaic.Length, height, width, nameof(mosaic));
        ArgumentOutOfRangeException.ThrowIfNotEqual(row & 1, row);
        ArgumentOutOfRangeException.ThrowIfNotEqual(column & 1, column);
        var site = new float[(height - row + 1) / 2 * ((width - column + 1) / 2)];
        var next = 0;
        for (var y = row; y < height; y += 2)
        {
            for (var x = column; x < width; x += 2)
            {
                site[next++] = mosaic[(y * width) + x];
            }
        }

        return site;
    }

    /// <summary>Adds a frame.</summary>
    /// <param name="frame">The frame [<see cref="Height"/>, <see cref="Width"/>] in DN, finite.</param>
    /// <exception cref="ArgumentException">It has another size, or a value that is not finite.</exception>
    public void Add(ReadOnlySpan<float> frame)
    {
        RequireLength(frame.Length, Height, Width, nameof(frame));
        RequireFinite(frame);
        double frameMean = 0;
        for (int row = 0, pixel = 0; row < Height; row++)
        {
            double rowMean = 0;
            for (var column = 0; column < Width; column++, pixel++)
            {
                double value = frame[pixel];
                rowMean += value;
                _sum[pixel] += value;
                _squares[pixel] += value * value;
                _underflow += value <= 0 ? 1 : 0;
                _bits |= value == (uint)value ? (uint)value : null;
            }

            rowMean /= Width;
            frameMean += rowMean;
            _rowSum[row] += rowMean;
            _rowSquares[row] += rowMean * rowMean;
        }

        frameMean /= Height;
        _frameSum += frameMean;
        _frameSquares += frameMean * frameMean;
        Frames++;
    }

    /// <summary>What the frames so far say.</summary>
    /// <param name="photonsPerPixel">Photons μp that hit a pixel, at least 0; 0 is dark.</param>
    /// <param name="exposureTimeSeconds">Exposure time t in s, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not finite.</exception>
    /// <exception cref="InvalidOperationException">There are fewer than two frames: temporal noise cannot be seen in one.</exception>
    public FlatField ToFlatField(double photonsPerPixel, double exposureTimeSeconds)
    {
        RequireQuantity(photonsPerPixel, nameof(photonsPerPixel));
        RequireQuantity(exposureTimeSeconds, nameof(exposureTimeSeconds));
        if (Frames < 2)
        {
            throw new InvalidOperationException($"A flat field needs at least two frames; this stack has {Frames}.");
        }

        // Expectations, with σp² of pixels, σr² of rows and f of the light, over M rows and N columns: a pixel varies in time by
        // σp² + σr² + f, a row's mean by σp²/N + σr² + f, the frame's mean by σp²/MN + σr²/M + f.
        double rows = Height, columns = Width;
        var ofPixels = MeanVariance(_sum, _squares);
        var ofRows = MeanVariance(_rowSum, _rowSquares);
        var temporalPixel = (ofPixels - ofRows) * columns / (columns - 1);
        var temporalRow = ((ofRows - Variance(_frameSum, _frameSquares)) * rows / (rows - 1)) - (temporalPixel / columns);

        var spatial = SpatialVariances.Of(Array.ConvertAll(_sum, sum => sum / Frames), Height, Width);
        return new()
        {
            PhotonsPerPixel = photonsPerPixel,
            ExposureTimeSeconds = exposureTimeSeconds,
            Height = Height,
            Width = Width,
            Frames = Frames,
            MeanDn = _frameSum / Frames,
            TemporalVarianceDn2 = temporalPixel + temporalRow,
            TemporalRowVarianceDn2 = temporalRow,
            SpatialVarianceDn2 = spatial.Total - ((temporalPixel + temporalRow) / Frames),
            SpatialRowVarianceDn2 = spatial.Row - (temporalRow / Frames),
            SpatialColumnVarianceDn2 = spatial.Column,
            SpatialPixelVarianceDn2 = spatial.Pixel - (temporalPixel / Frames),
            UnderflowShare = _underflow / ((double)Frames * _sum.Length),
            StepDn = _bits is > 0 and var bits ? 1 << BitOperations.TrailingZeroCount(bits) : 0,
        };
    }

    private static void RequireLength(int found, int height, int width, string name)
    {
        if (found != (long)height * width)
        {
            throw new ArgumentException($"The frame has {found} values; expected {(long)height * width} for [{height}, {width}].", name);
        }
    }

    private static void RequireQuantity(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(
                name, value, FormattableString.Invariant($"{name} is {value}; expected a finite number of at least 0."));
        }
    }

    private void RequireFinite(ReadOnlySpan<float> frame)
    {
        for (var pixel = 0; pixel < frame.Length; pixel++)
        {
            if (!float.IsFinite(frame[pixel]))
            {
                var (row, column) = Math.DivRem(pixel, Width);
                var found = FormattableString.Invariant($"The frame is {frame[pixel]} at row {row}, column {column}");
                throw new ArgumentException($"{found}; expected a finite value.", nameof(frame));
            }
        }
    }

    // Whole numbers of up to 16 bit add up without error, so that the difference loses nothing.
    private double Variance(double sum, double squares) => (squares - (sum * sum / Frames)) / (Frames - 1);

    private double MeanVariance(double[] sums, double[] squares)
    {
        double total = 0;
        for (var i = 0; i < sums.Length; i++)
        {
            total += Variance(sums[i], squares[i]);
        }

        return total / sums.Length;
    }
}
