namespace Lens2Logit.Plots;

/// <summary>A picture on a <see cref="ContactSheet"/>.</summary>
/// <param name="Pixels">Values [3, H, W] (red, green, blue) or [1, H, W] (grey), finite; what lies outside [0, 1] is clipped to it.</param>
/// <param name="Height">Height H in pixels.</param>
/// <param name="Width">Width W in pixels.</param>
/// <param name="Caption">Text below the picture. Default empty.</param>
public sealed record SheetImage(ReadOnlyMemory<float> Pixels, int Height, int Width, string Caption = "");
