using Lens2Logit.Simd;

namespace Lens2Logit.Tests.Isp;

/// <summary>The widths that tests force, as numbers: parameters of a test are public, the enumeration is not.</summary>
internal static class VectorWidths
{
    public static SimdWidth Of(int bits) => Enum.Parse<SimdWidth>($"Bits{bits}");
}
