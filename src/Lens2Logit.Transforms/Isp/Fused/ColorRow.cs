namespace Lens2Logit.Isp.Fused;

/// <summary>Column 0 of a row of linear RGB and of its luma.</summary>
internal readonly unsafe struct ColorRow(float* red, float* green, float* blue, float* luma)
{
    public readonly float* Red = red, Green = green, Blue = blue, Luma = luma;
}
