namespace Lens2Logit.Isp.Fused;

/// <summary>What buffers have to allow for, whatever the width of the vectors.</summary>
internal static class SimdLimits
{
    /// <summary>Lanes of the widest vector. Rows of buffers are padded to a multiple, and begin at one.</summary>
    public const int MaximumLanes = 16;
}
