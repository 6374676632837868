using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>The gradient of one image's view, and how to take it back to the output of gamma: scale·∂ + slope·view + shift for each channel.</summary>
internal readonly unsafe struct ViewGradient(float* gradient, float* view, nint plane, BatchNormGradient normalization)
{
    /// <summary>Reads a row into three rows of our own, zero up to the next whole vector.</summary>
    public void Read<TVector>(int row, int width, OutputRow target)
        where TVector : unmanaged, ISimd<TVector>
    {
        Read<TVector>(0, row, width, target.Red);
        Read<TVector>(1, row, width, target.Green);
        Read<TVector>(2, row, width, target.Blue);
    }

    private void Read<TVector>(int channel, int row, int width, float* target)
        where TVector : unmanaged, ISimd<TVector>
    {
        nint offset = channel * plane + row * (nint)width;
        ViewRows<TVector>.Affine(gradient + offset, view == null ? null : view + offset,
            normalization.Scale[channel], normalization.Shift[channel], normalization.Slope[channel], width, target);
        new Span<float>(target + width, SimdLimits.MaximumLanes).Clear();
    }
}
