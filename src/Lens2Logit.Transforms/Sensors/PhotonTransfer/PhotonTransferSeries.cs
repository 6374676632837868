namespace Lens2Logit.Sensors.PhotonTransfer;

/// <summary>
/// The flat fields that a photon-transfer analysis needs, taken with a simulated camera: what a laboratory with a calibrated light
/// would measure. Together with <see cref="PhotonTransferAnalysis"/> it closes the loop from a sensor's numbers back to them.
/// </summary>
/// <remarks>Every frame has noise of its own; the same sensor and options give the same series. Immutable.</remarks>
public sealed class PhotonTransferSeries
{
    private const double LongestSeconds = 86_400;

    private PhotonTransferSeries(SensorModel sensor, FlatField[] bright, FlatField[] dark) =>
        (Sensor, Bright, Dark) = (sensor, Array.AsReadOnly(bright), Array.AsReadOnly(dark));

    /// <summary>The sensor that was photographed with.</summary>
    public SensorModel Sensor { get; }

    /// <summary>Levels of light, rising.</summary>
    public IReadOnlyList<FlatField> Bright { get; }

    /// <summary>Dark levels: the stack at the exposure time of the bright series, then longer ones.</summary>
    public IReadOnlyList<FlatField> Dark { get; }

    /// <summary>Takes a series.</summary>
    /// <param name="sensor">The sensor. 10 to 14 bits are best: at 8 bit the dark noise hides in quantisation.</param>
    /// <param name="options">Sizes, levels and seeds; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="sensor"/> is null.</exception>
    /// <exception cref="ArgumentException">A quantity of the sensor or the options is outside its range; the message names it.</exception>
    public static PhotonTransferSeries Simulate(SensorModel sensor, PhotonTransferSeriesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sensor);
        options ??= new();
        options.Validate();
        sensor.Validate();
        var saturating = sensor.SaturationElectrons / Efficiency(sensor, options.Channel);
        var step = saturating * options.BrightestPercent / 100 / options.Levels;
        var half = Math.Clamp((int)Math.Round(saturating / 2 / step), 1, options.Levels);
        var camera = new Camera(sensor, options);
        FlatField[] bright =
        [
            .. Enumerable.Range(1, options.Levels).Select(level => camera.Take(
                level, level * step, options.ExposureTimeSeconds, level == half ? options.StackFrames : options.FramesPerLevel)),
        ];
        FlatField[] dark =
        [
            camera.Take(options.Levels + 1, 0, options.ExposureTimeSeconds, options.StackFrames),
            .. DarkTimes(sensor, options).Select((time, i) => camera.Take(options.Levels + 2 + i, 0, time, options.FramesPerLevel)),
        ];
        return new(sensor, bright, dark);
    }

    /// <summary>Analyses the series.</summary>
    /// <param name="options">Which levels to use; null for those of the standard.</param>
    /// <exception cref="ArgumentException">The series cannot be analysed; see <see cref="PhotonTransferAnalysis.Analyze"/>.</exception>
    public PhotonTransferResult Analyze(PhotonTransferOptions? options = null) => PhotonTransferAnalysis.Analyze(Bright, Dark, options);

    private static double Efficiency(SensorModel sensor, int channel)
    {
        var efficiency = sensor.Cfa == CfaPattern.Monochrome ? sensor.QuantumEfficiency.Mean() : sensor.QuantumEfficiency[channel];
        return efficiency > 0 ? efficiency : throw new ArgumentException(
            $"The quantum efficiency of channel {channel} of sensor '{sensor.Name}' is 0; it cannot be measured with light.", nameof(channel));
    }

    private static IEnumerable<float> DarkTimes(SensorModel sensor, PhotonTransferSeriesOptions options)
    {
        if (options.DarkTimesSeconds is { } given)
        {
            return given;
        }

        var current = sensor.DarkCurrentAt(options.TemperatureCelsius ?? sensor.ReferenceTemperatureCelsius);
        var electrons = Math.Max(100, 4.0 * sensor.ReadNoiseElectrons * sensor.ReadNoiseElectrons);
        var longest = current > 0 ? Math.Min(LongestSeconds, Math.Min(electrons, 0.2 * sensor.SaturationElectrons) / current) : 1;
        return Enumerable.Range(1, 3).Select(i => (float)Math.Min(LongestSeconds, options.ExposureTimeSeconds + (longest * i / 3)));
    }

    private sealed class Camera(SensorModel sensor, PhotonTransferSeriesOptions options)
    {
        private readonly MeasurementSampler _sampler = new(sensor, new Exposure(), options.FrameSeed);
        private readonly float[] _scene = White(sensor, options);
        private readonly float[] _raw = new float[options.Height * options.Width];

        public FlatField Take(int level, double photons, float seconds, int frames)
        {
            var exposure = new Exposure
            {
                PhotonsPerPixel = (float)photons,
                ExposureTimeSeconds = seconds,
                TemperatureCelsius = options.TemperatureCelsius ?? sensor.ReferenceTemperatureCelsius,
            };
            FlatFieldFrames? stack = null;
            var site = sensor.Cfa.IsBayer() ? sensor.Cfa.Cell().IndexOf((byte)options.Channel) : 0;
            var (row, column) = Math.DivRem(site, 2);
            for (var frame = 0; frame < frames; frame++)
            {
                _sampler.Measure(_scene, options.Height, options.Width, ((ulong)level << 32) | (uint)frame, exposure, _raw);
                for (var pixel = 0; pixel < _raw.Length; pixel++)
                {
                    _raw[pixel] = MathF.Round(_raw[pixel] * sensor.MaximumDn);
                }

                if (sensor.Cfa.IsBayer())
                {
                    stack ??= new((options.Height - row + 1) / 2, (options.Width - column + 1) / 2);
                    stack.Add(FlatFieldFrames.TakeSite(_raw, options.Height, options.Width, row, column));
                }
                else
                {
                    stack ??= new(options.Height, options.Width);
                    stack.Add(_raw);
                }
            }

            return stack!.ToFlatField(exposure.PhotonsPerPixel.Value, seconds);
        }

        private static float[] White(SensorModel sensor, PhotonTransferSeriesOptions options)
        {
            var scene = new float[(sensor.Cfa == CfaPattern.Monochrome ? 1 : 3) * options.Height * options.Width];
            Array.Fill(scene, 1f);
            return scene;
        }
    }
}
