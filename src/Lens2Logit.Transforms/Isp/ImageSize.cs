namespace Lens2Logit.Isp;

/// <summary>Height and width of an image in pixels.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct ImageSize(int Height, int Width)
{
    /// <summary>For example <c>48×64</c>.</summary>
    public override string ToString() => $"{Height}×{Width}";
}
