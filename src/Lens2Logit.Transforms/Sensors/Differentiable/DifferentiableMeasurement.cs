using System.Globalization;
using Lens2Logit.Stages;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Sensors.Differentiable;

/// <summary>
/// The camera as a differentiable stage: what <see cref="MeasurementSampler"/> does to a scene, with Gaussian noise by
/// reparametrisation, so that gradients reach exposure, gain, read noise, black level and the scene, and through it a
/// <see cref="Optics.Lens"/> in front.
/// </summary>
/// <remarks>
/// <para>
/// Linear scene [N, 3, H, W], or [N, 1, H, W] for a monochrome sensor, finite and at least 0, 1 = reference white; out come raw images
/// [N, H, W] in [0, 1], DN/(2^bits − 1). Any size from 1×1, odd ones included.
/// </para>
/// <para>
/// Per pixel, with the mean charge λ = light·(1 + PRNU map) + dark current and ε from N(0, 1): charge = min(λ + √λ·ε₁, full well);
/// then + DSNU map + row noise + σ0·ε₂; then ·K + black level, clipped and rounded (<see cref="Clipping"/>; rounding is straight-through).
/// Mean and variance are those of the exact sampler at any λ, because a Poisson number has mean and variance λ too. The distribution is
/// not at few electrons: see docs/differentiable-measurement.md, and check a result with the exact sampler, which
/// <see cref="CurrentSensor"/> and <see cref="CurrentExposure"/> set up. Reparametrisation: Kingma and Welling 2014, arXiv:1312.6114.
/// </para>
/// <para>
/// The noise of an image follows from <see cref="SensorModel.CameraSeed"/>, <see cref="DifferentiableMeasurementOptions.FrameSeed"/> and
/// the image's row key. <see cref="forward(Tensor)"/>, which is given no keys, takes new ones at each call in training mode, and the
/// position in the batch in eval mode: fresh noise at each step of a training, always the same noise where nothing is learnt. In eval
/// mode several threads may call.
/// </para>
/// </remarks>
public sealed class DifferentiableMeasurement : DifferentiableStage
{
    /// <summary>The kind under which the stage is registered.</summary>
    public const string StageKind = "measurement";

    // Of a root: its slope at 0 is infinite. A pixel in the dark gets 0.01 e⁻ of shot noise for it, where it should have none.
    private const double SmallestVariance = 1e-4;

    // More light than this saturates any sensor, and would overflow on the way.
    private const float BrightestScene = 1e9f;

    private readonly DifferentiableMeasurementOptions _options;
    private PixelResponse? _response;
    private uint _draws;

    /// <summary>Creates the stage with its initial parameters.</summary>
    /// <param name="options">Sensor, exposure and conventions; null for the defaults.</param>
    /// <param name="type">Float32 (default) or Float64.</param>
    /// <exception cref="ArgumentException">A quantity is out of range; the message names it, its value, its unit and the range.</exception>
    public DifferentiableMeasurement(DifferentiableMeasurementOptions? options = null, ScalarType type = ScalarType.Float32)
        : base(StageKind)
    {
        _options = options ?? new();
        _options.Validate();
        var sensor = _options.Sensor;
        LearningRates = new Dictionary<string, double>
        {
            ["exposure"] = 0.05, ["gain"] = 0.3, ["read_noise"] = 0, ["black_level"] = 1e-4 * sensor.MaximumDn,
        };
        Register("exposure", 0);
        Register("gain", 0);
        Register("read_noise", sensor.ReadNoiseElectrons);
        Register("black_level", sensor.BlackLevelDn);

        void Register(string name, double value)
        {
            using var scope = NewDisposeScope();
            register_parameter(name, new Parameter(tensor([value], dtype: type).DetachFromDisposeScope()));
        }
    }

    /// <summary>The options the stage was made with.</summary>
    public DifferentiableMeasurementOptions Options => _options;

    /// <summary>
    /// Light in EV [1]: log₂ of its ratio to the light that <see cref="DifferentiableMeasurementOptions.Exposure"/> says. Initially 0;
    /// −1 is half of the photons. The time stays, and with it the dark current; a dark frame stays dark.
    /// </summary>
    public Parameter Exposure => get_parameter("exposure")!;

    /// <summary>Analogue gain in dB [1] beyond the sensor's <see cref="SensorModel.SystemGain"/>: K = K₀·10^(gain/20). Initially 0.</summary>
    public Parameter Gain => get_parameter("gain")!;

    /// <summary>Read noise σ0 in e⁻ [1]; its sign does not matter.</summary>
    public Parameter ReadNoise => get_parameter("read_noise")!;

    /// <summary>Black level in DN [1].</summary>
    public Parameter BlackLevel => get_parameter("black_level")!;

    /// <summary>
    /// Exposure learns at 0.05 EV a step, gain at 0.3 dB, which is as fast, black level at 1e-4 of full scale. Read noise stays, because it
    /// is no setting of a camera: a training would abolish it. Give it a rate to fit a camera to data.
    /// </summary>
    public override IReadOnlyDictionary<string, double> LearningRates { get; }

    /// <inheritdoc/>
    public override string OptionsToJson() => _options.ToJson();

    /// <inheritdoc/>
    public override int[] OutputShape(ReadOnlySpan<int> inputShape) => inputShape.Length == 3 && TakesChannels(inputShape[0])
        ? [inputShape[1], inputShape[2]]
        : throw new ArgumentException($"{nameof(DifferentiableMeasurement)} expects scenes {ExpectedShape()}; found [{string.Join(", ", inputShape.ToArray())}].");

    /// <summary>The dose: the light as a multiple of what <see cref="DifferentiableMeasurementOptions.Exposure"/> says, 2^exposure.</summary>
    /// <returns>A scalar; 1 initially.</returns>
    public override Tensor Penalty()
    {
        using var scope = NewDisposeScope();
        return Exposure.exp2().sum().MoveToOuterDisposeScope();
    }

    /// <summary>Photographs a batch: with fresh noise in training mode, and with that of the row keys 0, 1, … N − 1 in eval mode.</summary>
    /// <param name="input">Scenes [N, 3, H, W], or [N, 1, H, W] if the sensor is monochrome, of the stage's own floating-point type.</param>
    /// <returns>Raw images [N, H, W] in [0, 1].</returns>
    /// <exception cref="ArgumentException">The batch has another shape, or a value that is negative or not finite; the message says which.</exception>
    public override Tensor forward(Tensor input)
    {
        RequireBatch(input);
        var draw = training ? Interlocked.Increment(ref _draws) : 0;
        var keys = new ulong[input.shape[0]];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = ((ulong)draw << 32) | (uint)i;
        }

        return forward(input, keys);
    }

    /// <summary>Photographs a batch with the noise that belongs to the row keys, in training and in eval mode.</summary>
    /// <param name="input">Scenes [N, 3, H, W], or [N, 1, H, W] if the sensor is monochrome, of the stage's own floating-point type.</param>
    /// <param name="rowKeys">N keys; images with different keys have independent noise.</param>
    /// <returns>Raw images [N, H, W] in [0, 1].</returns>
    /// <exception cref="ArgumentException">The batch has another shape, another number of images than there are keys, or a value that is
    /// negative or not finite; the message says which.</exception>
    public override Tensor forward(Tensor input, ReadOnlySpan<ulong> rowKeys)
    {
        RequireBatch(input);
        if (rowKeys.Length != input.shape[0])
        {
            throw new ArgumentException($"There are {rowKeys.Length} row keys for {input.shape[0]} images.", nameof(rowKeys));
        }

        SceneBatchCheck.ThrowIfInvalid(input);
        var (sensor, clipping) = (_options.Sensor, _options.Clipping);
        int height = (int)input.shape[2], width = (int)input.shape[3];
        using var scope = NewDisposeScope();
        var response = ResponseFor((int)input.shape[1], height, width);

        // An image has the same noise on every device: torch has generators of one's own on the CPU alone.
        var noise = MeasurementNoise.Draw(sensor, _options.FrameSeed, rowKeys, height, width, input.dtype);
        var light = (input.clamp_max(BrightestScene) * Constant(response.ElectronsAtWhite, response.Channels, height, width)).sum(dim: 1);
        var rate = (light * Exposure.exp2()) + Constant(response.DarkElectrons, height, width);
        var charge = rate + (rate.clamp_min(SmallestVariance).sqrt() * Placed(noise.Shot));
        charge = clipping.AtMost(charge, sensor.FullWellElectrons, _options.SoftClippingWidth * sensor.FullWellElectrons);
        var electrons = charge + Constant(response.OffsetElectrons, height, width) + (ReadNoise.abs() * Placed(noise.Read));
        if (noise.Row is not null)
        {
            electrons += sensor.RowNoiseElectrons * Placed(noise.Row);
        }

        var number = (electrons * SystemGain()) + BlackLevel;
        var softWidth = _options.SoftClippingWidth * sensor.MaximumDn;
        number = clipping.AtMost(clipping.AtLeastZero(number, softWidth), sensor.MaximumDn, softWidth);
        return (ClippingFunctions.Round(number) / sensor.MaximumDn).MoveToOuterDisposeScope();

        Tensor Placed(Tensor values) => values.to(input.device);

        Tensor Constant(float[] values, params long[] shape) => tensor(values, dtype: input.dtype, device: input.device).view(shape);
    }

    /// <summary>The sensor with the gain, read noise and black level learnt so far, for the exact sampler or a report.</summary>
    public SensorModel CurrentSensor() => _options.Sensor with
    {
        SystemGain = (float)(_options.Sensor.SystemGain * Math.Pow(10, Value(Gain) / 20)),
        ReadNoiseElectrons = (float)Math.Abs(Value(ReadNoise)),
        BlackLevelDn = (float)Value(BlackLevel),
    };

    /// <summary>The exposure with the light learnt so far, for the exact sampler or a report.</summary>
    /// <remarks>An illumination is relative to the saturation of the sensor: this one to that of <see cref="CurrentSensor"/>.</remarks>
    public Exposure CurrentExposure()
    {
        var initial = _options.Exposure;
        var ratio = Math.Pow(2, Value(Exposure));
        return initial.PhotonsPerPixel is { } photons
            ? initial with { PhotonsPerPixel = (float)(photons * ratio) }
            : initial with
            {
                Illumination = (float)(initial.Illumination * ratio * _options.Sensor.SaturationElectrons / CurrentSensor().SaturationElectrons),
            };
    }

    /// <summary>The parameters as a person reads them, with units.</summary>
    public override string ToString()
    {
        var (sensor, exposure) = (CurrentSensor(), CurrentExposure());
        var electrons = Enumerable.Range(0, 3).Max(channel => exposure.ElectronsAtWhite(sensor, channel));
        return string.Create(CultureInfo.InvariantCulture, $"""
            Differentiable measurement with sensor {sensor.Name}, {sensor.BitDepth} bit, {sensor.Cfa}
              exposure        {Value(Exposure):+0.00;−0.00;0} EV   ({electrons:G4} e⁻ at reference white)
              gain            {Value(Gain):+0.00;−0.00;0} dB   (K = {sensor.SystemGain:G4} DN/e⁻)
              read noise      {sensor.ReadNoiseElectrons:G4} e⁻
              black level     {sensor.BlackLevelDn:G4} DN

            """);
    }

    private Tensor SystemGain() => (Gain * (Math.Log(10) / 20)).exp() * _options.Sensor.SystemGain;

    private static double Value(Parameter parameter)
    {
        using var scope = NewDisposeScope();
        return parameter.detach().to(ScalarType.Float64).cpu().item<double>();
    }

    private bool TakesChannels(long channels) => channels == 3 || (channels == 1 && _options.Sensor.Cfa == CfaPattern.Monochrome);

    private string ExpectedShape() => _options.Sensor.Cfa == CfaPattern.Monochrome ? "[3, H, W] or [1, H, W]" : "[3, H, W]";

    private void RequireBatch(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.dim() != 4 || !TakesChannels(input.shape[1]) || input.numel() == 0)
        {
            throw new ArgumentException(
                $"{nameof(DifferentiableMeasurement)} expects a batch of scenes, N times {ExpectedShape()}; found [{string.Join(", ", input.shape)}].");
        }
    }

    // Racing threads build the same response twice at worst; whichever is kept, the values are the same.
    private PixelResponse ResponseFor(int channels, int height, int width)
    {
        var current = Volatile.Read(ref _response);
        if (current is null || !current.Fits(channels, height, width))
        {
            current = PixelResponse.Create(_options.Sensor, _options.Exposure, channels, height, width);
            Volatile.Write(ref _response, current);
        }

        return current;
    }
}
