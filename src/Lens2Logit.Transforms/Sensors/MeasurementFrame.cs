namespace Lens2Logit.Sensors;

/// <summary>One image on its way from scene to raw: where everything lies.</summary>
/// <param name="plan">The numbers of the camera.</param>
/// <param name="pattern">Its fixed pattern, at least as large as the image.</param>
/// <param name="scene">Linear RGB, planar [3, height, width], or a single channel for a monochrome sensor.</param>
/// <param name="channels">Channels of the scene.</param>
/// <param name="raw">The mosaic [height, width].</param>
/// <param name="height">Rows.</param>
/// <param name="width">Columns.</param>
/// <param name="rowKey">Identity of the image.</param>
internal readonly unsafe struct MeasurementFrame(
    MeasurementPlan plan, FixedPattern pattern, float* scene, int channels, float* raw, int height, int width, ulong rowKey)
{
    // A single channel is read three times.
    private readonly nint _plane = channels == 1 ? 0 : (nint)height * width;

    public MeasurementPlan Plan => plan;

    public FixedPattern Pattern => pattern;

    public int Height => height;

    public int Width => width;

    public ulong RowKey => rowKey;

    /// <summary>A row of a channel of the scene.</summary>
    public float* Scene(int channel, int row) => scene + (channel * _plane) + ((nint)row * width);

    /// <summary>A row of the mosaic.</summary>
    public float* Raw(int row) => raw + ((nint)row * width);
}
