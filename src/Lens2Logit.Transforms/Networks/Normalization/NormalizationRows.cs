using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Networks.Normalization;

/// <summary>
/// Pixels that lie one after the other with their channels side by side, and what is done with some of them in one pass over memory. A pass reads
/// memory in order; what belongs to the channels comes from the innermost cache.
/// </summary>
internal static unsafe class NormalizationRows<TVector, TElement>
    where TVector : unmanaged, ISimdWords<TVector>
    where TElement : struct, IElement<TVector>
{
    /// <summary>Adds the pixels to the sum of every channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(byte* images, int count, int channels, float* sums)
    {
        nint next = TVector.Lanes * TElement.Size;
        for (; count > 0; count--)
        {
            for (int channel = 0; channel < channels; channel += TVector.Lanes, images += next)
                (TVector.Load(sums + channel) + TElement.Load(images)).Store(sums + channel);
        }
    }

    /// <summary>Adds the squares of their differences from the mean.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumSquares(byte* images, int count, int channels, float* means, float* squares)
    {
        nint next = TVector.Lanes * TElement.Size;
        for (; count > 0; count--)
        {
            for (int channel = 0; channel < channels; channel += TVector.Lanes, images += next)
            {
                var difference = TElement.Load(images) - TVector.Load(means + channel);
                TVector.MultiplyAdd(difference, difference, TVector.Load(squares + channel)).Store(squares + channel);
            }
        }
    }

    /// <summary>(x − mean)·scale + bias, plus the shortcut if there is one, and no less than <paramref name="least"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(byte* images, byte* shortcut, byte* result, int count, int channels, float least, ChannelPointers factors)
    {
        var floor = TVector.Broadcast(least);
        nint next = TVector.Lanes * TElement.Size;
        float* means = factors.Mean, scales = factors.Scale, biases = factors.Bias;
        for (nint at = 0; count > 0; count--)
        {
            for (int channel = 0; channel < channels; channel += TVector.Lanes, at += next)
            {
                TVector mean = TVector.Load(means + channel), scale = TVector.Load(scales + channel), bias = TVector.Load(biases + channel);
                var value = TVector.MultiplyAdd(TElement.Load(images + at) - mean, scale, bias);
                if (shortcut != null)
                    value += TElement.Load(shortcut + at);
                // Of two operands NaN comes through as the second.
                TElement.Store(TVector.Max(floor, value), result + at);
            }
        }
    }

    /// <summary>Adds up, for every channel, the gradients of normalised values and their products with x − mean.</summary>
    /// <param name="gradient">The gradient of the result.</param>
    /// <param name="images">x.</param>
    /// <param name="result">The result, where only that tells which values were cut off at 0; else null.</param>
    /// <param name="passed">Receives the gradient of normalised values if <paramref name="result"/> is given.</param>
    /// <param name="count">Pixels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="least">Below this, values were cut off.</param>
    /// <param name="factors">What normalised them.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="products">The sums of products.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumGradients(
        byte* gradient, byte* images, byte* result, byte* passed, int count, int channels, float least, ChannelPointers factors, float* sums, float* products)
    {
        var floor = TVector.Broadcast(least);
        nint next = TVector.Lanes * TElement.Size;
        float* means = factors.Mean, scales = factors.Scale, biases = factors.Bias;
        for (nint at = 0; count > 0; count--)
        {
            for (int channel = 0; channel < channels; channel += TVector.Lanes, at += next)
            {
                TVector mean = TVector.Load(means + channel), scale = TVector.Load(scales + channel), bias = TVector.Load(biases + channel);
                TVector sum = TVector.Load(sums + channel), product = TVector.Load(products + channel);
                TVector given = TElement.Load(gradient + at), difference = TElement.Load(images + at) - mean;
                given = Passed(given, result != null ? TElement.Load(result + at) : TVector.MultiplyAdd(difference, scale, bias), floor);
                if (result != null)
                    TElement.Store(given, passed + at);
                sum += given;
                product = TVector.MultiplyAdd(given, difference, product);
                sum.Store(sums + channel);
                product.Store(products + channel);
            }
        }
    }

    /// <summary>The gradient of x: scale·g + slope·(x − mean) + offset, g being the gradient of normalised values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ImageGradient(
        byte* gradient, byte* images, byte* target, int count, int channels, float least, ChannelPointers factors, float* slopes, float* offsets)
    {
        var floor = TVector.Broadcast(least);
        nint next = TVector.Lanes * TElement.Size;
        float* means = factors.Mean, scales = factors.Scale, biases = factors.Bias;
        for (nint at = 0; count > 0; count--)
        {
            for (int channel = 0; channel < channels; channel += TVector.Lanes, at += next)
            {
                TVector mean = TVector.Load(means + channel), scale = TVector.Load(scales + channel), bias = TVector.Load(biases + channel);
                TVector slope = TVector.Load(slopes + channel), offset = TVector.Load(offsets + channel);
                var difference = TElement.Load(images + at) - mean;
                var given = Passed(TElement.Load(gradient + at), TVector.MultiplyAdd(difference, scale, bias), floor);
                TElement.Store(TVector.MultiplyAdd(given, scale, TVector.MultiplyAdd(difference, slope, offset)), target + at);
            }
        }
    }

    /// <summary>The gradient of a value that was not cut off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Passed(TVector gradient, TVector value, TVector floor) => TVector.Select(TVector.GreaterOrEqual(floor, value), default, gradient);
}
