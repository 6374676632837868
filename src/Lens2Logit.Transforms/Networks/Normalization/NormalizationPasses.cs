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

    /// <summary>Runs phases by as many threads as are worth it.</summary>
    public abstract void Run(params Phase[] phases);

    /// <summary>Mean and variance (divided by the number of pixels) of every channel.</summary>
    /// <param name="images">Their pixels.</param>
    /// <param name="found">Receives the two.</param>
    public abstract Phase[] Moments(byte* images, Action<double[], double[]> found);

    /// <inheritdoc cref="NormalizationRows{TVector, TElement}.Normalize"/>
    public abstract Phase Normalize(byte* images, byte* shortcut, byte* result, float least, ChannelPointers factors);

    /// <summary>
    /// <see cref="NormalizationRows{TVector, TElement}.SumGradients"/> over all pixels; <paramref name="found"/> receives the sums and the sums of products.
    /// </summary>
    public abstract Phase[] SumGradients(byte* gradient, byte* images, byte* result, byte* passed, float least, ChannelPointers factors, Action<double[], double[]> found);

    /// <inheritdoc cref="NormalizationRows{TVector, TElement}.ImageGradient"/>
    public abstract Phase ImageGradient(byte* gradient, byte* images, byte* target, float least, ChannelPointers factors, float* slopes, float* offsets);
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
    private delegate void PartAction(int count, nint bytes, int values);

    private int Parts => (int)((pixels + _pixelsPerPart - 1) / _pixelsPerPart);

    public override void Run(params Phase[] phases) => Workers.InPhases(Team.Torch, Workers.For(threads, pixels * channels, NumbersPerWorker), phases);

    public override Phase[] Moments(byte* images, Action<double[], double[]> found)
    {
        float[] means = new float[Parts * channels], squares = new float[Parts * channels];
        return
        [
            ForEachPart((count, bytes, values) =>
            {
                using var sums = PooledMemory.Zeros(2 * channels);
                float* mean = sums.Start, square = mean + channels;
                NormalizationRows<TVector, TElement>.Sum(images + bytes, count, channels, mean);
                for (int channel = 0; channel < channels; channel++)
                    mean[channel] /= count;
                // Once more, but from the core's cache.
                NormalizationRows<TVector, TElement>.SumSquares(images + bytes, count, channels, mean, square);
                Hand(mean, means, values);
                Hand(square, squares, values);
            }),
            Phase.Single(() => Combine(means, squares, found)),
        ];
    }

    public override Phase Normalize(byte* images, byte* shortcut, byte* result, float least, ChannelPointers factors) => ForEachPart((count, bytes, _) =>
        NormalizationRows<TVector, TElement>.Normalize(images + bytes, At(shortcut, bytes), result + bytes, count, channels, least, factors));

    public override Phase[] SumGradients(
        byte* gradient, byte* images, byte* result, byte* passed, float least, ChannelPointers factors, Action<double[], double[]> found)
    {
        float[] sums = new float[Parts * channels], products = new float[Parts * channels];
        return
        [
            ForEachPart((count, bytes, values) =>
            {
                using var local = PooledMemory.Zeros(2 * channels);
                float* sum = local.Start, product = sum + channels;
                NormalizationRows<TVector, TElement>.SumGradients(gradient + bytes, images + bytes, At(result, bytes), At(passed, bytes), count, channels, least, factors, sum, product);
                Hand(sum, sums, values);
                Hand(product, products, values);
            }),
            Phase.Single(() => found(Total(sums, _ => 1), Total(products, _ => 1))),
        ];
    }

    public override Phase ImageGradient(byte* gradient, byte* images, byte* target, float least, ChannelPointers factors, float* slopes, float* offsets) =>
        ForEachPart((count, bytes, _) => NormalizationRows<TVector, TElement>.ImageGradient(
            gradient + bytes, images + bytes, target + bytes, count, channels, least, factors, slopes, offsets));

    private static byte* At(byte* start, nint bytes) => start == null ? null : start + bytes;

    // A part sums up in memory of its own: two threads must not write to one line of the cache.
    private void Hand(float* sums, float[] ofParts, int values) => new ReadOnlySpan<float>(sums, channels).CopyTo(ofParts.AsSpan(values));

    private int PixelsOf(int part) => (int)Math.Min(_pixelsPerPart, pixels - (long)part * _pixelsPerPart);

    private Phase ForEachPart(PartAction run) => new(Parts, part =>
        run(PixelsOf(part), (nint)part * _pixelsPerPart * channels * TElement.Size, part * channels));

    // Source: Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, COMPSTAT 1982.
    private void Combine(float[] means, float[] squares, Action<double[], double[]> found)
    {
        double[] mean = Total(means, part => (double)PixelsOf(part) / pixels), variance = Total(squares, _ => 1.0 / pixels);
        for (int part = 0; part < Parts; part++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                double difference = means[part * channels + channel] - mean[channel];
                variance[channel] += PixelsOf(part) * difference * difference / pixels;
            }
        }
        found(mean, variance);
    }

    private double[] Total(float[] ofParts, Func<int, double> weight)
    {
        var total = new double[channels];
        for (int part = 0; part < Parts; part++)
        {
            double factor = weight(part);
            for (int channel = 0; channel < channels; channel++)
                total[channel] += factor * ofParts[part * channels + channel];
        }
        return total;
    }
}
