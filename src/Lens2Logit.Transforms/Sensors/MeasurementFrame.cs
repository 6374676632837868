using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Sensors;

/// <summary>One image on its way from scene to raw: what takes it, and where everything lies.</summary>
/// <param name="sensor">The sensor.</param>
/// <param name="frameSeed">Seed of the series.</param>
/// <param name="charge">What the exposure gives.</param>
/// <param name="pattern">The camera's fixed pattern, at least as large as the image.</param>
/// <param name="scene">Linear RGB, planar [3, height, width], or a single channel for a monochrome sensor.</param>
/// <param name="channels">Channels of the scene.</param>
/// <param name="raw">The mosaic [height, width].</param>
/// <param name="height">Rows.</param>
/// <param name="width">Columns.</param>
/// <param name="rowKey">Identity of the image.</param>
internal readonly unsafe struct MeasurementFrame(
    SensorModel sensor, int frameSeed, in MeanCharge charge, FixedPattern pattern,
    float* scene, int channels, float* raw, int height, int width, ulong rowKey)
{
    /// <summary>Electrons to which light is limited: no arithmetic overflows, and any full well does.</summary>
    public const float MostElectrons = 1e30f;

    // A single channel is read three times.
    private readonly nint _plane = channels == 1 ? 0 : (nint)height * width;
    private readonly float* _scene = scene;
    private readonly float* _raw = raw;

    public SensorModel Sensor { get; } = sensor;

    public MeanCharge Charge { get; } = charge;

    public FixedPattern Pattern { get; } = pattern;

    public int Height { get; } = height;

    public int Width { get; } = width;

    public ulong RowKey { get; } = rowKey;

    /// <summary>First word of the generator's key.</summary>
    public uint CameraKey { get; } = (uint)sensor.CameraSeed;

    /// <summary>Second word of the generator's key.</summary>
    public uint FrameKey { get; } = (uint)frameSeed;

    /// <summary>A mean charge in e⁻ that fills the well whatever the random number: more of it is the same.</summary>
    public float SaturatingRate { get; } = (float)PoissonQuantile.RateBeyond(sensor.FullWellElectrons);

    /// <summary>A row of a channel of the scene.</summary>
    public float* SceneRow(int channel, int row) => _scene + (channel * _plane) + ((nint)row * Width);

    /// <summary>A row of the mosaic.</summary>
    public float* RawRow(int row) => _raw + ((nint)row * Width);

    /// <summary>Noise in e⁻ that all pixels of a row share.</summary>
    public double RowNoise(int row)
    {
        if (Sensor.RowNoiseElectrons == 0)
        {
            return 0;
        }

        var draw = Philox4x32.Block((uint)row, CounterTag.RowNoise, (uint)RowKey, (uint)(RowKey >> 32), CameraKey, FrameKey);
        return Sensor.RowNoiseElectrons * NormalQuantile.At(draw.First);
    }
}
