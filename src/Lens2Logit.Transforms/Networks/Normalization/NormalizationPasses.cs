using Lens2Logit.Native;
using Lens2Logit.Simd;
using Lens2Logit.Threading;

namespace Lens2Logit.Networks.Normalization;

/// <summary>
/// Batch normalisation of pixels that lie one after the other with their channels side by side, and its gradients, by parts of the pixels that fit a
/// core's own cache. Neither the parts nor the order of their sums depend on the number of threads.
/// </summary>
internal abstract unsafe class NormalizationPasses
{
    public static NormalizationPasses Create(SimdWidth simd, bool bfloat16, long pixels, int channels, int threads) => (simd, bfloat16) switch
    {
        (SimdWidth.Bits512, false) => new NormalizationPasses<Simd512, SingleElement<Simd512>>(pixels, channels, threads),
        (SimdWidth.Bits512, true) => new NormalizationPasses<Simd512, BFloat16Element<Simd512>>(pixels, channels, threads),
        (SimdWidth.Bits256, false) => new NormalizationPasses<Simd256, SingleElement<Simd256>>(pixels, channels, threads),
        (SimdWidth.Bits256, true) => new NormalizationPasses<Simd256, BFloat16Element<Simd256>>(pixels, channels, threads),
        (_, false) => new NormalizationPasses<Simd128, SingleElement<Simd128>>(pixels, channels, threads),
        (_, true) => new NormalizationPasses<Simd128, BFloat16Element<Simd128>>(pixels, channels, threads),
    };

    /// <summary>Mean and variance (divided by the number of pixels) of every channel.</summary>
    public abstract (double[] Mean, double[] Variance) Moments(byte* images);

    /// <inheritdoc cref="NormalizationRows{TVector, TElement}.Normalize"/>
    public abstract void Normalize(byte* images, byte* shortcut, byte* result, float least, ChannelPointers factors);

    /// <inheritdoc cref="NormalizationRows{TVector, TElement}.SumGradients"/>
    public abstract (double[] Sums, double[] Products) SumGradients(byte* gradient, byte* images, byte* result, byte* passed, float least, ChannelPointers factors);

    /// <inheritdoc cref="NormalizationRows{TVector, TElement}.ImageGradient"/>
    public abstract void ImageGradient(byte* gradient, byte* images, byte* target, float least, ChannelPointers factors, float* slopes, float* offsets);
}

/// <inheritdoc/>
internal sealed unsafe class NormalizationPasses<TVector, TElement>(long pixels, int channels, int threads) : NormalizationPasses
    where TVector : unmanaged, ISimdWords<TVector>
    where TElement : struct, IElement<TVector>
{
    // Of each of the up to four arrays that a pass goes through.
    private const int BytesPerPart = 1 << 17;

    private const int NumbersPerWorker = 1 << 16;

    private readonly int _pixelsPerPart = Math.Max(1, BytesPerPart / (channels * TElement.Size));

    /// <param name="count">Pixels of the part.</param>
    /// <param name="bytes">Where they begin.</param>
    /// <param name="values">Where the part's values of channels begin, among those of all parts.</param>
    private delegate void PartAction(int count, nint bytes, nint values);

    private int Parts => (int)((pixels + _pixelsPerPart - 1) / _pixelsPerPart);

    public override (double[] Mean, double[] Variance) Moments(byte* images)
    {
        using PooledMemory partMeans = PooledMemory.Zeros(Parts * channels), partSquares = PooledMemory.Zeros(Parts * channels);
        float* means = partMeans.Start, squares = partSquares.Start;
        ForEachPart((count, bytes, values) =>
        {
            NormalizationRows<TVector, TElement>.Sum(images + bytes, count, channels, means + values);
            for (int channel = 0; channel < channels; channel++)
                means[values + channel] /= count;
            // Once more, but from the core's cache.
            NormalizationRows<TVector, TElement>.SumSquares(images + bytes, count, channels, means + values, squares + values);
        });

        // Source: Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, COMPSTAT 1982.
        double[] mean = Total(means, part => (double)PixelsOf(part) / pixels), variance = Total(squares, _ => 1.0 / pixels);
        for (int part = 0; part < Parts; part++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                double difference = means[(nint)part * channels + channel] - mean[channel];
                variance[channel] += PixelsOf(part) * difference * difference / pixels;
            }
        }
        return (mean, variance);
    }

    public override void Normalize(byte* images, byte* shortcut, byte* result, float least, ChannelPointers factors) => ForEachPart((count, bytes, _) =>
        NormalizationRows<TVector, TElement>.Normalize(images + bytes, At(shortcut, bytes), result + bytes, count, channels, least, factors));

    public override (double[] Sums, double[] Products) SumGradients(byte* gradient, byte* images, byte* result, byte* passed, float least, ChannelPointers factors)
    {
        using PooledMemory partSums = PooledMemory.Zeros(Parts * channels), partProducts = PooledMemory.Zeros(Parts * channels);
        float* sums = partSums.Start, products = partProducts.Start;
        ForEachPart((count, bytes, values) => NormalizationRows<TVector, TElement>.SumGradients(
            gradient + bytes, images + bytes, At(result, bytes), At(passed, bytes), count, channels, least, factors, sums + values, products + values));
        return (Total(sums, _ => 1), Total(products, _ => 1));
    }

    public override void ImageGradient(byte* gradient, byte* images, byte* target, float least, ChannelPointers factors, float* slopes, float* offsets) =>
        ForEachPart((count, bytes, _) => NormalizationRows<TVector, TElement>.ImageGradient(
            gradient + bytes, images + bytes, target + bytes, count, channels, least, factors, slopes, offsets));

    private static byte* At(byte* start, nint bytes) => start == null ? null : start + bytes;

    private int PixelsOf(int part) => (int)Math.Min(_pixelsPerPart, pixels - (long)part * _pixelsPerPart);

    private void ForEachPart(PartAction run) => Workers.ForEach(Parts, Workers.For(threads, pixels * channels, NumbersPerWorker), part =>
        run(PixelsOf(part), (nint)part * _pixelsPerPart * channels * TElement.Size, (nint)part * channels));

    private double[] Total(float* parts, Func<int, double> weight)
    {
        var total = new double[channels];
        for (int part = 0; part < Parts; part++, parts += channels)
        {
            double factor = weight(part);
            for (int channel = 0; channel < channels; channel++)
                total[channel] += factor * parts[channel];
        }
        return total;
    }
}
