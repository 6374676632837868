namespace Lens2Logit.Isp.Fused;

/// <summary>Column 0 of a row of the three planes of the result; kernels write whole vectors.</summary>
/// <param name="red">Red.</param>
/// <param name="green">Green.</param>
/// <param name="blue">Blue.</param>
/// <param name="isStreaming">Whether the vectors are written past the caches; then all three are aligned to a vector's size.</param>
internal readonly unsafe struct OutputRow(float* red, float* green, float* blue, bool isStreaming = false)
{
    public readonly float* Red = red, Green = green, Blue = blue;
    public readonly bool IsStreaming = isStreaming;
}
