using System.Globalization;
using Lens2Logit.MLNet.Data.Smear;

namespace Lens2Logit.MLNet.Data;

/// <summary>
/// A procedural data set: bright-field images of a Romanowsky-stained blood smear, each showing one leukocyte among red cells, to be told
/// apart into the five types of a differential count.
/// </summary>
/// <remarks>
/// <para>
/// Image <c>i</c> is a function of the options and of <c>i</c> alone: neither the order of rendering nor the thread matters. Its pixels may
/// differ between platforms by the rounding of their mathematical functions.
/// </para>
/// <para>
/// The types differ in shape and texture, not in colour: their nuclei share one distribution of areas, and a cell without coarse granules
/// holds about as much dye without the grain. Take training and test sets from different seeds, or from different ranges of indices.
/// </para>
/// <para>Instances are immutable and safe to use from several threads.</para>
/// </remarks>
public sealed class SyntheticSmear
{
    private static readonly string[] ClassNames = Enum.GetNames<LeukocyteType>();

    private readonly SyntheticSmearOptions _options;

    /// <summary>Describes a data set; nothing is rendered yet.</summary>
    /// <param name="options">What the images show.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its documented range.</exception>
    public SyntheticSmear(SyntheticSmearOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    private enum Purpose : uint
    {
        Image,
        ClassOrder,
    }

    /// <summary>Number of images.</summary>
    public int Count => _options.Count;

    /// <summary>Height and width of an image in pixels.</summary>
    public int Size => _options.Size;

    /// <summary>Names of the classes; the position of a name is the index that <see cref="ClassOf"/> returns.</summary>
    public IReadOnlyList<string> Classes { get; } = Array.AsReadOnly(ClassNames);

    /// <summary>The class of an image, as an index into <see cref="Classes"/>.</summary>
    /// <param name="index">Index of the image, from 0 to below <see cref="Count"/>.</param>
    /// <remarks>
    /// Each run of images that starts at a multiple of the number of classes and is as long shows every class once, in random order.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public int ClassOf(int index)
    {
        CheckIndex(index);
        int classes = ClassNames.Length;
        Span<int> order = stackalloc int[classes];
        var random = new SmearRandom(_options.Seed, index / classes, (uint)Purpose.ClassOrder);
        // Fisher–Yates, inside out.
        for (int i = 0; i < classes; i++)
        {
            int k = random.Below(i + 1);
            order[i] = order[k];
            order[k] = i;
        }
        return order[index % classes];
    }

    /// <summary>A name of an image that no other image of any seed has, such as <c>smear-1-000042</c>.</summary>
    /// <param name="index">Index of the image, from 0 to below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public string NameOf(int index)
    {
        CheckIndex(index);
        return string.Create(CultureInfo.InvariantCulture, $"smear-{_options.Seed}-{index:D6}");
    }

    /// <summary>Renders an image.</summary>
    /// <param name="index">Index of the image, from 0 to below <see cref="Count"/>.</param>
    /// <param name="scene">
    /// Receives linear light in planar RGB, <c>[3, Size, Size]</c>, between 0 and 1, where 1 is light at full scale that nothing
    /// attenuates. It holds exactly 3·Size² values.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    /// <exception cref="ArgumentException"><paramref name="scene"/> has the wrong length.</exception>
    public void Render(int index, Span<float> scene)
    {
        var type = (LeukocyteType)ClassOf(index);
        int expected = 3 * Size * Size;
        if (scene.Length != expected)
        {
            throw new ArgumentException(
                $"scene holds {scene.Length} values; an image of {Size}×{Size} pixels needs {expected}.", nameof(scene));
        }

        SmearRenderer.Render(_options, type, new SmearRandom(_options.Seed, index, (uint)Purpose.Image), scene);
    }

    /// <summary>Renders the mask of the nucleus in an image.</summary>
    /// <param name="index">Index of the image, from 0 to below <see cref="Count"/>.</param>
    /// <param name="mask">Receives <c>[Size, Size]</c>: 1 for each pixel whose middle lies in the nucleus, else 0. It holds exactly Size² values.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    /// <exception cref="ArgumentException"><paramref name="mask"/> has the wrong length.</exception>
    public void RenderNucleus(int index, Span<float> mask)
    {
        var type = (LeukocyteType)ClassOf(index);
        if (mask.Length != Size * Size)
            throw new ArgumentException($"mask holds {mask.Length} values; an image of {Size}×{Size} pixels needs {Size * Size}.", nameof(mask));
        SmearRenderer.RenderNucleus(_options, type, new SmearRandom(_options.Seed, index, (uint)Purpose.Image), mask);
    }

    private void CheckIndex(int index)
    {
        if (index < 0 || index >= Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"index is {index}; it must lie between 0 and {Count - 1}.");
    }
}
