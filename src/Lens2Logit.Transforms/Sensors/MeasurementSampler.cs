using Lens2Logit.Sensors.Fused;
using Lens2Logit.Simd;

namespace Lens2Logit.Sensors;

/// <summary>
/// Takes pictures: turns a linear scene into the raw mosaic that a sensor would deliver, with its noise drawn exactly from the
/// model of <see cref="SensorModel"/>.
/// </summary>
/// <remarks>
/// <para>
/// The noise of a pixel is a function of camera seed, frame seed, row key and the pixel's place, and of nothing else: the same
/// four give the same bits, whatever ran before or beside it, on any processor. Another <see cref="Exposure"/> under the same seeds uses the same
/// random numbers, which makes comparisons between exposures sharper; give another frame seed for independent ones.
/// </para>
/// <para>
/// Charges are Poisson numbers by inversion at every rate, so that their tails are right down to probabilities of 1e-15, and read noise
/// is normal out to eight standard deviations. Mean charges are rounded to floats.
/// </para>
/// <para>
/// Thread safe, and meant to be shared: parallelism over images is the caller's. The first image of a size builds the camera's
/// fixed pattern (8 bytes per pixel, 12 with hot or dead pixels, kept); after that nothing is allocated.
/// </para>
/// </remarks>
public sealed unsafe class MeasurementSampler
{
    private readonly MeanCharge _charge;
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
        _charge = MeanCharge.Of(sensor, exposure);
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
        Measure(scene, height, width, rowKey, MeanCharge.Of(Sensor, exposure), raw);
    }

    private void Measure(ReadOnlySpan<float> scene, int height, int width, ulong rowKey, in MeanCharge charge, Span<float> raw)
    {
        SceneCheck.ThrowIfInvalid(scene, height, width, raw, oneChannelAllowed: Sensor.Cfa == CfaPattern.Monochrome);
        var pattern = PatternFor(height, width);
        fixed (float* source = scene, target = raw)
        {
            var frame = new MeasurementFrame(Sensor, FrameSeed, in charge, pattern, source, scene.Length / (height * width), target, height, width, rowKey);
            FusedMeasurement.Measure(in frame, SimdWidths.Widest);
        }
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
}
