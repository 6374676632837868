namespace Lens2Logit.MLNet.Data;

/// <summary>What a <see cref="SyntheticSmear"/> shows and how much its images differ from one another.</summary>
/// <remarks>
/// Every range is drawn from uniformly and independently for each image. The options are checked once, by the constructor of
/// <see cref="SyntheticSmear"/>, which throws <see cref="ArgumentOutOfRangeException"/> for a value outside the range documented here.
/// </remarks>
public sealed record SyntheticSmearOptions
{
    /// <summary>Number of images, at least 1. Default 1000.</summary>
    public int Count { get; init; } = 1000;

    /// <summary>
    /// Height and width of an image in pixels, 32 to 4096. Default 64. It sets how finely the field of view of 24 µm is sampled,
    /// not what lies in it: the same image of the same seed shows the same cells at every size.
    /// </summary>
    public int Size { get; init; } = 64;

    /// <summary>Selects the sequence of images; any value. Data sets of different seeds share no image. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// Half-range of the relative change in optical density from slide to slide, of each stain and again of each colour channel, 0 to 0.5.
    /// Default 0.2: a channel may be up to 20 % denser or thinner than nominal on top of the stains' own variation.
    /// </summary>
    public float StainVariation { get; init; } = 0.2f;

    /// <summary>Smallest standard deviation of the Gaussian defocus, in micrometres of the specimen, 0 to 3. Default 0.10.</summary>
    public float MinDefocusMicrometers { get; init; } = 0.10f;

    /// <summary>
    /// Largest standard deviation of the Gaussian defocus, in micrometres of the specimen, from <see cref="MinDefocusMicrometers"/> to 3.
    /// Default 0.40, about one pixel at 64 pixels.
    /// </summary>
    public float MaxDefocusMicrometers { get; init; } = 0.40f;

    /// <summary>Dimmest bright field, as a fraction of full scale, above 0 and at most 1. Default 0.80.</summary>
    public float MinIllumination { get; init; } = 0.80f;

    /// <summary>Brightest bright field, as a fraction of full scale, from <see cref="MinIllumination"/> to 1. Default 0.95.</summary>
    public float MaxIllumination { get; init; } = 0.95f;

    /// <summary>
    /// Largest relative loss of light from the brightest to the dimmest corner of an image, 0 to 0.9; direction and amount vary.
    /// Default 0.10.
    /// </summary>
    public float IlluminationGradient { get; init; } = 0.10f;

    internal void Validate()
    {
        Check(Count, 1, int.MaxValue, nameof(Count));
        Check(Size, 32, 4096, nameof(Size));
        Check(StainVariation, 0f, 0.5f, nameof(StainVariation));
        Check(MinDefocusMicrometers, 0f, 3f, nameof(MinDefocusMicrometers));
        Check(MaxDefocusMicrometers, MinDefocusMicrometers, 3f, nameof(MaxDefocusMicrometers));
        if (!(MinIllumination > 0 && MinIllumination <= 1))
            throw new ArgumentOutOfRangeException(nameof(MinIllumination), MinIllumination, $"{nameof(MinIllumination)} is {MinIllumination}; it must be above 0 and at most 1.");
        Check(MaxIllumination, MinIllumination, 1f, nameof(MaxIllumination));
        Check(IlluminationGradient, 0f, 0.9f, nameof(IlluminationGradient));
    }

    private static void Check<T>(T value, T minimum, T maximum, string name) where T : struct, System.Numerics.INumber<T>
    {
        // Written so that NaN fails too.
        if (value >= minimum && value <= maximum)
            return;
        throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must lie between {minimum} and {maximum}.");
    }
}
