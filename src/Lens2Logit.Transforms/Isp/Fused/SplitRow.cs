namespace Lens2Logit.Isp.Fused;

/// <summary>A row of the mosaic in two halves: the sites of red or blue, and those of green.</summary>
/// <param name="measured">Red or blue.</param>
/// <param name="green">Green.</param>
/// <param name="shift">The column of the first site of red or blue.</param>
internal readonly unsafe struct SplitRow(float* measured, float* green, int shift)
{
    public readonly float* Measured = measured, Green = green;
    public readonly int Shift = shift;
}
