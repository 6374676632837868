using System.Globalization;
using Lens2Logit.Isp;

namespace Lens2Logit.Corruptions;

/// <summary>
/// A post-hoc image corruption of a stated severity: the baseline against which physically faithful drift is compared. It acts on developed
/// images, not on the measurement.
/// </summary>
/// <remarks>
/// <para>Source: Hendrycks and Dietterich, <i>Benchmarking neural network robustness to common corruptions and perturbations</i>, ICLR 2019.</para>
/// <para>
/// Random corruptions draw from counters: the result depends on image, seed and row key alone, not on threads or order. All severities and
/// presets use the same random numbers, which makes comparisons between them sharper. Immutable and thread safe.
/// </para>
/// </remarks>
public sealed class Corruption
{
    private readonly CorruptionTable.Kernel _kernel;

    private Corruption(string name, int severity, CorruptionPreset preset, CorruptionTable.Kernel kernel)
    {
        Name = name;
        Severity = severity;
        Preset = preset;
        _kernel = kernel;
    }

    /// <summary>
    /// The ten names: brightness, contrast, elastic_transform, gaussian_blur, gaussian_noise, impulse_noise, saturate, shot_noise,
    /// speckle_noise, zoom_blur.
    /// </summary>
    public static IReadOnlyList<string> Names => CorruptionTable.Names;

    /// <summary>One of <see cref="Names"/>.</summary>
    public string Name { get; }

    /// <summary>From 1, barely visible, to 5.</summary>
    public int Severity { get; }

    /// <summary>Which table the severity is read from.</summary>
    public CorruptionPreset Preset { get; }

    /// <summary>Finds a corruption.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="severity">1 to 5. Default 3, the paper's.</param>
    /// <param name="preset">How strong the severities are. Default the paper's gentle ones.</param>
    /// <exception cref="ArgumentException">There is no such name (the message lists those that are), severity or preset.</exception>
    public static Corruption Create(string name, int severity = 3, CorruptionPreset preset = CorruptionPreset.Gentle)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Names.Contains(name))
            throw new ArgumentException($"There is no corruption named '{name}'. Valid names: {string.Join(", ", Names)}.", nameof(name));
        if (severity is < 1 or > 5)
            throw new ArgumentOutOfRangeException(nameof(severity), severity, "Severities go from 1 to 5.");
        if (!Enum.IsDefined(preset))
            throw new ArgumentOutOfRangeException(nameof(preset), preset, "Expected Gentle or ImageNetC.");
        return new(name, severity, preset, CorruptionTable.Find(name, severity, preset));
    }

    /// <summary>Corrupts one image.</summary>
    /// <param name="image">RGB, planar [3, <paramref name="height"/>, <paramref name="width"/>], in [0, 1].</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="result">Receives the corrupted image, likewise, in [0, 1]. Must not overlap <paramref name="image"/>.</param>
    /// <param name="rowKey">Identity of the image: images with different keys have independent noise. Deterministic corruptions ignore it.</param>
    /// <param name="seed">Tells series of images apart. Deterministic corruptions ignore it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="height"/> or <paramref name="width"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">
    /// A length does not fit the size, the spans overlap, or a value is outside [0, 1]; the message says where.
    /// </exception>
    public void Apply(ReadOnlySpan<float> image, int height, int width, Span<float> result, ulong rowKey = 0, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        long length = 3L * height * width;
        ImageGuard.RequireLength(image.Length, length, nameof(image), $"[3, {height}, {width}]");
        ImageGuard.RequireLength(result.Length, length, nameof(result), $"[3, {height}, {width}]");
        if (image.Overlaps(result))
            throw new ArgumentException("The result must not overlap the image.", nameof(result));
        RequireRange(image, height, width);
        _kernel(image, height, width, result, new RandomField(seed, Name, rowKey));
        foreach (ref var value in result)
            value = Math.Clamp(value, 0, 1);
    }

    /// <summary>For example <c>shot_noise 3 (Gentle)</c>.</summary>
    public override string ToString() => $"{Name} {Severity} ({Preset})";

    private static void RequireRange(ReadOnlySpan<float> image, int height, int width)
    {
        for (int i = 0; i < image.Length; i++)
        {
            // Written so that NaN fails.
            if (!(image[i] >= 0 && image[i] <= 1))
            {
                int plane = height * width;
                var found = string.Create(CultureInfo.InvariantCulture,
                    $"The image holds {image[i]} at channel {i / plane}, row {i % plane / width}, column {i % width}");
                throw new ArgumentException($"{found}; corruptions act on values in [0, 1], before any normalisation.", nameof(image));
            }
        }
    }
}
