using Lens2Logit.Simd;

namespace Lens2Logit.Networks.Winograd;

/// <summary>
/// The convolution of images [N, H, W, inputs] with filters [outputs, 3, 3, inputs], edges padded with zeros, and its gradients:
/// <code>
/// images ── tiles, transformed ──┐
///                                36 matrix products ── transformed back ── result
/// filters ──── transformed ──────┘
/// </code>
/// The order of sums does not depend on the number of threads.
/// </summary>
internal abstract unsafe class WinogradPasses
{
    public static WinogradPasses Create(SimdWidth simd, bool bfloat16, TileGrid grid, int inputs, int outputs, int threads) => (simd, bfloat16) switch
    {
        (SimdWidth.Bits512, false) => new WinogradPasses<Simd512, SingleElement<Simd512>>(grid, inputs, outputs, threads),
        (SimdWidth.Bits512, true) => new WinogradPasses<Simd512, BFloat16Element<Simd512>>(grid, inputs, outputs, threads),
        (SimdWidth.Bits256, false) => new WinogradPasses<Simd256, SingleElement<Simd256>>(grid, inputs, outputs, threads),
        (SimdWidth.Bits256, true) => new WinogradPasses<Simd256, BFloat16Element<Simd256>>(grid, inputs, outputs, threads),
        (_, false) => new WinogradPasses<Simd128, SingleElement<Simd128>>(grid, inputs, outputs, threads),
        (_, true) => new WinogradPasses<Simd128, BFloat16Element<Simd128>>(grid, inputs, outputs, threads),
    };

    /// <summary>images ∗ filters [N, H, W, outputs].</summary>
    public abstract void Convolve(byte* images, byte* filters, byte* result);

    /// <summary>The gradient of the images from that of the result.</summary>
    public abstract void ImageGradient(byte* gradient, byte* filters, byte* result);

    /// <summary>The gradient of the filters from that of the result.</summary>
    public abstract void FilterGradient(byte* images, byte* gradient, byte* result);
}

/// <inheritdoc/>
internal sealed unsafe class WinogradPasses<TVector, TElement>(TileGrid grid, int inputs, int outputs, int threads) : WinogradPasses
    where TVector : unmanaged, ISimdWords<TVector>
    where TElement : struct, IElement<TVector>
{
    public override void Convolve(byte* images, byte* filters, byte* result) => new ConvolutionPass<TVector, TElement>(grid, inputs, outputs, threads)
        .Run(images, (group, target) => FilterRows<TVector, TElement>.Transform(filters, inputs, group, (float*)target), result);

    // A convolution with the filters turned, in which inputs and outputs have changed places.
    public override void ImageGradient(byte* gradient, byte* filters, byte* result) => new ConvolutionPass<TVector, TElement>(grid, outputs, inputs, threads)
        .Run(gradient, (group, target) => FilterRows<TVector, TElement>.TransformTurned(filters, outputs, inputs, group, (float*)target), result);

    public override void FilterGradient(byte* images, byte* gradient, byte* result) =>
        new FilterGradientPass<TVector, TElement>(grid, inputs, outputs, threads).Run(images, gradient, result);
}
