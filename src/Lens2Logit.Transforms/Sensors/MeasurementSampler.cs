namespace Lens2Logit.Sensors;

/// <summary>
/// Takes pictures: turns a linear scene into the raw mosaic that a sensor would deliver, with its noise drawn exactly from the
/// model of <see cref="SensorModel"/>.
/// </summary>
/// <remarks>
/// <para>
/// The noise of a pixel is a function of camera seed, frame seed, row key and the pixel's place, and of nothing else: the same
/// four give the same bits, whatever ran before or beside it. Another <see cref="Exposure"/> under the same seeds uses the same
/// random numbers, which makes comparisons between exposures sharper; give another frame seed for independent ones.
/// </para>
/// <para>
/// Thread safe, and meant to be shared: parallelism over images is the caller's. The first image of a size builds the camera's
/// fixed pattern (8 bytes per pixel, 12 with hot or dead pixels, kept); after that nothing is allocated.
/// </para>
/// </remarks>
public sealed class MeasurementSampler
{
    private readonly Charge _charge;
    private FixedPattern? _pattern;

    /// <summary>Prepares a camera for one kind of exposure.</summary>
    /// <param name="sensor">The sensor; its <see cref="SensorModel.CameraSeed"/> says which individual.</param>
    /// <param name="exposure">Light, time and temperature.</param>
    /// <param name="frameSeed">Any integer: tells series of images apart, such as training from test, or epoch from epoch.</param>
    /// <exception cref="ArgumentNullException"><paramref name="sensor"/> or <paramref name="exposure"/> is null.</exception>
    /// <exception cref="ArgumentException">A quantity is outside its range (<see cref="SensorModel.Validate"/>,
    /// <see cref="Exposure.Validate"/>), or light is said both ways.</exception>
    public MeasurementSampler(SensorModel sensor, Exposure exposure, int frameSeed = 0)
    {
        ArgumentNullException.ThrowIfNull(sensor);
        ArgumentNullException.ThrowIfNull(exposure);
        sensor.Validate();
        exposure.Validate();
        Sensor = sensor;
        Exposure = exposure;
        FrameSeed = frameSeed;
        _charge = Charge.Of(sensor, exposure);
    }

    /// <summary>The sensor that measures.</summary>
    public SensorModel Sensor { get; }

    /// <summary>Light, time and temperature of an image that is measured without an exposure of its own.</summary>
    public Exposure Exposure { get; }

    /// <summary>The seed of this series of images.</summary>
    public int FrameSeed { get; }

    /// <summary>Measures one image.</summary>
    /// <remarks>
    /// A pixel reads the channel that its colour filter passes. A pixel of a <see cref="CfaPattern.Monochrome"/> sensor has no filter
    /// and collects the light of all three, a third of it in each band: the mean over the channels of scene·η, not the luminance,
    /// which weighs by the human eye. It may also be given a scene of one channel, [1, <paramref name="height"/>,
    /// <paramref name="width"/>], which is the same as three equal ones.
    /// </remarks>
    /// <param name="scene">Linear RGB, planar [3, <paramref name="height"/>, <paramref name="width"/>]; finite, at least 0;
    /// 1 is reference white, and more is allowed.</param>
    /// <param name="height">Rows, at least 1; odd numbers are allowed.</param>
    /// <param name="width">Columns, at least 1; odd numbers are allowed.</param>
    /// <param name="rowKey">Identity of the image: images with different keys have independent noise.</param>
    /// <param name="raw">Receives the mosaic [<paramref name="height"/>, <paramref name="width"/>], DN/(2^bits − 1) in [0, 1].
    /// Must not overlap <paramref name="scene"/>. Untouched if the call throws.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="height"/> or <paramref name="width"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">A length does not fit the size, or a scene value is negative, infinite or NaN; the message
    /// names what was found where.</exception>
    public void Measure(ReadOnlySpan<float> scene, int height, int width, ulong rowKey, Span<float> raw) =>
        Measure(scene, height, width, rowKey, in _charge, raw);

    /// <summary>Measures one image under an exposure of its own: the same camera, with the same fixed pattern.</summary>
    /// <param name="scene">The scene, as in the other overload.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="rowKey">Identity of the image.</param>
    /// <param name="exposure">Light, time and temperature of this image, instead of <see cref="Exposure"/>.</param>
    /// <param name="raw">Receives the mosaic. Untouched if the call throws.</param>
    /// <exception cref="ArgumentNullException"><paramref name="exposure"/> is null.</exception>
    /// <exception cref="ArgumentException">A quantity of the exposure is outside its range, light is said both ways, or scene and sizes do
    /// not fit, as in the other overload.</exception>
    public void Measure(ReadOnlySpan<float> scene, int height, int width, ulong rowKey, Exposure exposure, Span<float> raw)
    {
        ArgumentNullException.ThrowIfNull(exposure);
        exposure.Validate();
        Measure(scene, height, width, rowKey, Charge.Of(Sensor, exposure), raw);
    }

    private void Measure(ReadOnlySpan<float> scene, int height, int width, ulong rowKey, in Charge charge, Span<float> raw)
    {
        var monochrome = Sensor.Cfa == CfaPattern.Monochrome;
        SceneCheck.Throw(scene, height, width, raw, oneChannelAllowed: monochrome);
        var pattern = PatternFor(height, width);
        var cell = monochrome ? default : Sensor.Cfa.Cell();
        var plane = height * width;
        double fullWell = Sensor.FullWellElectrons, readNoise = Sensor.ReadNoiseElectrons;
        double gain = Sensor.SystemGain, black = Sensor.BlackLevelDn, maximum = Sensor.MaximumDn;
        for (int row = 0, pixel = 0; row < height; row++)
        {
            var fixedOffset = pattern.OffsetElectrons.AsSpan(row * pattern.Width, width);
            var fixedGain = pattern.Gain.AsSpan(row * pattern.Width, width);
            var darkFactor = pattern.DarkFactor.Length == 0 ? default : pattern.DarkFactor.AsSpan(row * pattern.Width, width);
            var rowNoise = RowNoise(row, rowKey);
            for (var column = 0; column < width; column++, pixel++)
            {
                var light = monochrome
                    ? Unfiltered(scene, plane, pixel, in charge)
                    : Filtered(scene, plane, pixel, cell[((row & 1) << 1) | (column & 1)], in charge);
                var dark = darkFactor.IsEmpty ? charge.Dark : charge.Dark * darkFactor[column];
                var rate = (light * fixedGain[column]) + dark;
                var stream = new PixelStream((uint)Sensor.CameraSeed, (uint)FrameSeed, (uint)pixel, rowKey);
                var draw = stream.Block(0);
                var collected = Math.Min(PoissonSampler.Sample(rate, draw.First, in stream), fullWell);
                var electrons = collected + fixedOffset[column] + rowNoise + (readNoise * NormalQuantile.At(draw.Second));

                // Ties go to the even number, so that rounding adds no bias.
                var number = Math.Clamp(Math.Round((electrons * gain) + black), 0, maximum);
                raw[pixel] = (float)(number / maximum);
            }
        }
    }

    private static double Filtered(ReadOnlySpan<float> scene, int plane, int pixel, int channel, in Charge charge) =>
        scene[(channel * plane) + pixel] * charge.AtWhite(channel);

    private static double Unfiltered(ReadOnlySpan<float> scene, int plane, int pixel, in Charge charge)
    {
        // Stepping by no plane reads a single channel three times.
        var step = scene.Length == plane ? 0 : plane;
        return (Filtered(scene, step, pixel, 0, in charge) + Filtered(scene, step, pixel, 1, in charge) + Filtered(scene, step, pixel, 2, in charge)) / 3;
    }

    private double RowNoise(int row, ulong rowKey)
    {
        if (Sensor.RowNoiseElectrons == 0)
        {
            return 0;
        }

        var draw = Philox4x32.Block(
            (uint)row, CounterTag.RowNoise, (uint)rowKey, (uint)(rowKey >> 32), (uint)Sensor.CameraSeed, (uint)FrameSeed);
        return Sensor.RowNoiseElectrons * NormalQuantile.At(draw.First);
    }

    // Racing threads build the same pattern twice at worst; whichever is kept, the values are the same.
    private FixedPattern PatternFor(int height, int width)
    {
        var current = Volatile.Read(ref _pattern);
        if (current is not null && current.Covers(height, width))
        {
            return current;
        }

        var (rows, columns) = (height, width);
        if (current is not null)
        {
            // Cover the earlier sizes too, so that alternating sizes settle; but a tall and a wide image must not make a huge one.
            var (allRows, allColumns) = (Math.Max(height, current.Height), Math.Max(width, current.Width));
            var limit = 2 * (((long)height * width) + ((long)current.Height * current.Width));
            if ((long)allRows * allColumns <= Math.Min(limit, int.MaxValue / 2))
            {
                (rows, columns) = (allRows, allColumns);
            }
        }

        var built = FixedPattern.Create(Sensor, rows, columns);
        Volatile.Write(ref _pattern, built);
        return built;
    }

    /// <summary>Mean electrons that an exposure gives: of the three colours where the scene is 1, and of the dark.</summary>
    private readonly record struct Charge(double Red, double Green, double Blue, double Dark)
    {
        public static Charge Of(SensorModel sensor, Exposure exposure) =>
            new(exposure.ElectronsAtWhite(sensor, 0), exposure.ElectronsAtWhite(sensor, 1), exposure.ElectronsAtWhite(sensor, 2), exposure.DarkElectrons(sensor));

        public double AtWhite(int channel) => channel switch { 0 => Red, 1 => Green, _ => Blue };
    }
}
