using TorchSharp;

namespace Lens2Logit.Isp.Folded;

/// <summary>
/// Scalars that live as long as the program. TorchSharp gives a native call the address of a scalar and keeps nothing alive: one made for the
/// call can be finalised during it, and the call reads what is there then.
/// </summary>
internal static class KeptScalars
{
    public static readonly Scalar Zero = 0.0, One = 1.0, Floor = IspKernels.Floor;
}
