namespace Lens2Logit.Sensors;

/// <summary>The numbers of a sensor under an exposure that every pixel needs, computed once. Immutable.</summary>
internal sealed class MeasurementPlan
{
    /// <summary>Electrons to which light is limited: no arithmetic overflows, and any full well does.</summary>
    public const float MostElectrons = 1e30f;

    private readonly float[] _electronsAtWhite;

    public MeasurementPlan(SensorModel sensor, Exposure exposure, int frameSeed)
    {
        Sensor = sensor;
        (CameraKey, FrameKey) = ((uint)sensor.CameraSeed, (uint)frameSeed);
        _electronsAtWhite = [.. Enumerable.Range(0, 3).Select(channel => (float)exposure.ElectronsAtWhite(sensor, channel))];
        DarkElectrons = (float)exposure.DarkElectrons(sensor);
        SaturatingRate = (float)PoissonQuantile.RateBeyond(sensor.FullWellElectrons);
    }

    public SensorModel Sensor { get; }

    /// <summary>First word of the generator's key.</summary>
    public uint CameraKey { get; }

    /// <summary>Second word of the generator's key.</summary>
    public uint FrameKey { get; }

    public bool IsMonochrome => Sensor.Cfa == CfaPattern.Monochrome;

    /// <summary>Dark current in e⁻ of a pixel that is not hot.</summary>
    public float DarkElectrons { get; }

    /// <summary>A mean charge in e⁻ that fills the well whatever the random number: more of it is the same.</summary>
    public float SaturatingRate { get; }

    /// <summary>Mean electrons of a colour where the scene is 1.</summary>
    public float ElectronsAtWhite(int channel) => _electronsAtWhite[channel];

    /// <summary>Noise in e⁻ that all pixels of a row share.</summary>
    public double RowNoise(int row, ulong rowKey)
    {
        if (Sensor.RowNoiseElectrons == 0)
        {
            return 0;
        }

        var draw = Philox4x32.Block((uint)row, CounterTag.RowNoise, (uint)rowKey, (uint)(rowKey >> 32), CameraKey, FrameKey);
        return Sensor.RowNoiseElectrons * NormalQuantile.At(draw.First);
    }
}
