using System.Runtime.Intrinsics;

namespace Lens2Logit.Simd;

/// <summary>The widths for which kernels are compiled; tests force each of them.</summary>
internal enum SimdWidth
{
    Bits128,
    Bits256,
    Bits512,
}

/// <summary>Which <see cref="SimdWidth"/> suits the processor.</summary>
internal static class SimdWidths
{
    /// <summary>The widest vectors that this processor handles well.</summary>
    public static SimdWidth Widest =>
        Vector512.IsHardwareAccelerated ? SimdWidth.Bits512 : Vector256.IsHardwareAccelerated ? SimdWidth.Bits256 : SimdWidth.Bits128;
}
