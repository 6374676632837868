namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>Which pixel stands for one beyond the border in an <see cref="IspConvention"/>, and the other way round.</summary>
internal static class ConventionBorders
{
    /// <summary>The row or column inside the image that stands for one up to two outside.</summary>
    public static int Inside(int position, int size, IspConvention convention) => convention == IspConvention.Published
        ? RowRing.Mirror(position, size)
        : RowRing.Symmetric(position, size);

    /// <summary>The positions, itself and up to <paramref name="reach"/> outside the image, for which a position inside stands; returns their number.</summary>
    public static int StandsFor(int position, int size, int reach, IspConvention convention, Span<int> positions)
    {
        int count = 0;
        positions[count++] = position;
        for (int i = 1; i <= reach; i++)
        {
            if (Inside(-i, size, convention) == position)
                positions[count++] = -i;
            if (Inside(size - 1 + i, size, convention) == position)
                positions[count++] = size - 1 + i;
        }
        return count;
    }

    /// <summary>Fills a row's margins with the pixels that stand there.</summary>
    public static unsafe void Extend(float* row, int width, int radius, IspConvention convention)
    {
        if (convention == IspConvention.Published)
            RowRing.ExtendMirror(row, width, radius);
        else
            RowRing.ExtendSymmetric(row, width, radius);
    }
}
