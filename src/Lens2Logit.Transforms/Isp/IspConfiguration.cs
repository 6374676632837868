using Lens2Logit.Demosaicing;

namespace Lens2Logit.Isp;

/// <summary>One of the static pipelines: a demosaicing, a sharpening and a denoising method.</summary>
/// <param name="Demosaicing">How missing colours are estimated.</param>
/// <param name="Sharpening">How luma is sharpened.</param>
/// <param name="Denoising">How the image is denoised.</param>
public readonly record struct IspConfiguration(DemosaicMethod Demosaicing, SharpeningMethod Sharpening, DenoisingMethod Denoising)
{
    private static readonly string[] DemosaicNames = ["bi", "ma", "me"];
    private static readonly string[] SharpeningNames = ["s", "u", "uv"];
    private static readonly string[] DenoisingNames = ["me", "ga", "fft"];

    /// <summary>The 12 configurations of the paper: {bi, ma, me} × {s, u} × {me, ga}.</summary>
    public static IReadOnlyList<IspConfiguration> All { get; } = Enumerate();

    /// <summary>Reads a name such as <c>ma,s,ga</c>: demosaicing (bi, ma, me), sharpening (s, u, uv), denoising (me, ga, fft).</summary>
    /// <param name="name">The name; case and spaces do not matter.</param>
    /// <exception cref="ArgumentException">The name is not valid; the message lists the valid parts.</exception>
    public static IspConfiguration Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var parts = name.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length != 3)
            throw Invalid(name, $"It has {parts.Length} part(s); expected three, separated by commas.");
        return new((DemosaicMethod)Find(0, DemosaicNames), (SharpeningMethod)Find(1, SharpeningNames), (DenoisingMethod)Find(2, DenoisingNames));

        int Find(int part, string[] names)
        {
            int index = Array.FindIndex(names, n => n.Equals(parts[part], StringComparison.OrdinalIgnoreCase));
            return index >= 0 ? index : throw Invalid(name, $"'{parts[part]}' is none of {string.Join(", ", names)}.");
        }
    }

    /// <summary>The name that <see cref="Parse"/> reads, such as <c>ma,s,ga</c>.</summary>
    public override string ToString() =>
        $"{DemosaicNames[(int)Demosaicing]},{SharpeningNames[(int)Sharpening]},{DenoisingNames[(int)Denoising]}";

    /// <exception cref="ArgumentException">A method is not a member of its enumeration.</exception>
    internal void Validate()
    {
        if (!Enum.IsDefined(Demosaicing) || !Enum.IsDefined(Sharpening) || !Enum.IsDefined(Denoising))
            throw Invalid($"{Demosaicing},{Sharpening},{Denoising}", "A method does not exist.");
    }

    private static ArgumentException Invalid(string name, string reason) => new(
        $"'{name}' is not an ISP configuration. {reason} Valid names join one of {string.Join(", ", DemosaicNames)}, one of "
        + $"{string.Join(", ", SharpeningNames)} and one of {string.Join(", ", DenoisingNames)}, for example {string.Join(" | ", All)}.", nameof(name));

    private static IspConfiguration[] Enumerate()
    {
        var all = new List<IspConfiguration>();
        foreach (var demosaicing in Enum.GetValues<DemosaicMethod>())
            foreach (var sharpening in new[] { SharpeningMethod.Filter, SharpeningMethod.UnsharpMask })
                foreach (var denoising in new[] { DenoisingMethod.Median, DenoisingMethod.Gaussian })
                    all.Add(new(demosaicing, sharpening, denoising));
        return [.. all];
    }
}
