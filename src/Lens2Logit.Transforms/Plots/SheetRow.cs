namespace Lens2Logit.Plots;

/// <summary>A row of a <see cref="ContactSheet"/>.</summary>
/// <param name="Caption">Text above the row; may be empty.</param>
/// <param name="Images">Its pictures, from left to right.</param>
public sealed record SheetRow(string Caption, IReadOnlyList<SheetImage> Images);
