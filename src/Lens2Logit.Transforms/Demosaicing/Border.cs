namespace Lens2Logit.Demosaicing;

/// <summary>How a filter continues an image past its edge.</summary>
internal enum BorderMode
{
    /// <summary>c b a | a b c: the edge pixel is repeated (scipy "reflect", numpy "symmetric"). It shifts the Bayer phase at the edge.</summary>
    Symmetric,

    /// <summary>c b | a b c: mirrored about the edge pixel (scipy "mirror", torch "reflect"). It keeps the Bayer phase.</summary>
    Mirror,

    /// <summary>a a | a b c: the edge pixel is all there is (scipy "nearest").</summary>
    Nearest,
}

internal static class Border
{
    /// <summary>For every coordinate from −<paramref name="radius"/> to <paramref name="size"/> + radius − 1 (stored from index 0) the pixel that stands for it.</summary>
    public static int[] Indices(int size, int radius, BorderMode mode)
    {
        var indices = new int[size + 2 * radius];
        for (int i = 0; i < indices.Length; i++)
            indices[i] = Index(i - radius, size, mode);
        return indices;
    }

    /// <summary>The pixel of 0 to <paramref name="size"/> − 1 that stands for coordinate <paramref name="i"/>.</summary>
    public static int Index(int i, int size, BorderMode mode)
    {
        if (mode == BorderMode.Nearest)
            return Math.Clamp(i, 0, size - 1);
        if (size == 1)
            return 0;
        int repeated = mode == BorderMode.Symmetric ? 1 : 0;
        // An image narrower than the filter is folded more than once.
        while (i < 0 || i >= size)
            i = i < 0 ? -i - repeated : 2 * size - 2 + repeated - i;
        return i;
    }
}
