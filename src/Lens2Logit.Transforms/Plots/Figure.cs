namespace Lens2Logit.Plots;

/// <summary>A picture for a report, described by its properties and written as PNG.</summary>
/// <remarks>
/// Series are told apart by colour (Okabe and Ito, <em>Color Universal Design</em>, 2008: safe for colour-blind readers), by dashes
/// and by markers. What is drawn is checked when it is drawn; a figure that cannot be drawn leaves no file. Immutable.
/// </remarks>
public abstract record Figure
{
    private protected Figure()
    {
    }

    /// <summary>Whether this machine has a font installed. Without one, as on slim container images, figures are drawn without their text.</summary>
    public static bool HasFonts => PlotStyle.HasFonts;

    /// <summary>Heading above the picture. Default empty: none.</summary>
    public string Title { get; init; } = "";

    /// <summary>Draws the figure into a file; its folder is made, a file of that name is replaced.</summary>
    /// <param name="path">File to write, by convention ending in .png.</param>
    /// <exception cref="ArgumentException">The figure has no data, data that is not finite, or parts whose lengths differ; the message
    /// names the part.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var png = ToPng();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllBytes(path, png);
    }

    /// <summary>Draws the figure into memory.</summary>
    /// <returns>The bytes of a PNG file.</returns>
    /// <exception cref="ArgumentException">The figure has no data, data that is not finite, or parts whose lengths differ; the message
    /// names the part.</exception>
    public byte[] ToPng()
    {
        using var stream = new MemoryStream();
        Draw(stream);
        return stream.ToArray();
    }

    private protected abstract void Draw(Stream png);
}
