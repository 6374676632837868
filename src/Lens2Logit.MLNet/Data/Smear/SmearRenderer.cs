using System.Buffers;
using System.Numerics;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>
/// Draws one image. Its planes first hold amounts of dye, then the light the dyes let pass:
/// <code>
/// red cells → leukocyte → transmittance exp(−Σ dye · density) → defocus → illumination
/// </code>
/// </summary>
internal static class SmearRenderer
{
    /// <summary>Edge of the field of view in micrometres: a leukocyte and the red cells next to it.</summary>
    public const float FieldOfViewMicrometers = 24f;

    // Eosin in the thickest part of a red cell.
    private const float MinHaemoglobin = 0.40f;
    private const float MaxHaemoglobin = 0.70f;

    /// <summary>Draws an image.</summary>
    /// <param name="options">The validated options.</param>
    /// <param name="type">The leukocyte to show.</param>
    /// <param name="random">The stream of the image.</param>
    /// <param name="scene">Receives three planes of light.</param>
    public static void Render(SyntheticSmearOptions options, LeukocyteType type, SmearRandom random, Span<float> scene)
    {
        var grid = new SpecimenGrid(options.Size, FieldOfViewMicrometers);
        var (stain, defocus, illumination, haemoglobin, leukocyte) = Draw(options, type, ref random);
        scene.Clear();
        foreach (RedCell cell in RedCell.Strew(leukocyte.Centre, leukocyte.ClearRadius, grid.FieldOfView, ref random))
            Paint(cell, haemoglobin, grid, scene[..(grid.Size * grid.Size)]);
        Paint(leukocyte, grid, scene, ref random);
        Develop(stain, grid.Size * grid.Size, scene);
        GaussianDefocus.Apply(scene, grid.Size, defocus / grid.Pitch);
        illumination.Shine(grid, scene);
    }

    /// <summary>Draws where the nucleus is in the image that <see cref="Render"/> draws from the same stream: its outline before it is defocused.</summary>
    /// <param name="options">The validated options.</param>
    /// <param name="type">The leukocyte.</param>
    /// <param name="random">The stream of the image.</param>
    /// <param name="mask">Receives 1 for each pixel whose middle lies in the nucleus, else 0.</param>
    public static void RenderNucleus(SyntheticSmearOptions options, LeukocyteType type, SmearRandom random, Span<float> mask)
    {
        var grid = new SpecimenGrid(options.Size, FieldOfViewMicrometers);
        var (_, _, _, _, leukocyte) = Draw(options, type, ref random);
        mask.Clear();
        (int left, int top, int right, int bottom) = grid.PixelsAround(leukocyte.Centre, leukocyte.Reach);
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
                mask[y * grid.Size + x] = leukocyte.DistancesTo(grid.PositionOf(x, y)).Nucleus < 0 ? 1 : 0;
        }
    }

    // The order of the draws is part of what a seed means.
    private static (Stain Stain, float Defocus, Illumination Illumination, float Haemoglobin, Leukocyte Leukocyte) Draw(
        SyntheticSmearOptions options, LeukocyteType type, ref SmearRandom random)
    {
        Stain stain = Stain.Draw(options.StainVariation, ref random);
        float defocus = random.Between(options.MinDefocusMicrometers, options.MaxDefocusMicrometers);
        Illumination illumination = Illumination.Draw(options, ref random);
        float haemoglobin = random.Between(MinHaemoglobin, MaxHaemoglobin);
        return (stain, defocus, illumination, haemoglobin, new Leukocyte(type, ref random));
    }

    private static void Paint(RedCell cell, float haemoglobin, SpecimenGrid grid, Span<float> eosin)
    {
        float edge = 1.5f * grid.Pitch;
        (int left, int top, int right, int bottom) = grid.PixelsAround(cell.Centre, cell.Radius * cell.Stretch + edge);
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
                eosin[y * grid.Size + x] += haemoglobin * cell.ThicknessAt(grid.PositionOf(x, y), edge);
        }
    }

    private static void Paint(Leukocyte cell, SpecimenGrid grid, Span<float> dyes, ref SmearRandom random)
    {
        int area = grid.Size * grid.Size;
        float[] rented = ArrayPool<float>.Shared.Rent(area);
        Span<float> granules = rented.AsSpan(0, area);
        Granules.Strew(cell, grid, granules, ref random);
        Span<float> eosin = dyes[..area], azure = dyes.Slice(area, area), purple = dyes.Slice(2 * area, area);
        (int left, int top, int right, int bottom) = grid.PixelsAround(cell.Centre, cell.Reach + grid.Pitch);
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                int i = y * grid.Size + x;
                Vector3 painted = cell.PaintOver(new(eosin[i], azure[i], purple[i]), grid.PositionOf(x, y), grid.Pitch, granules[i]);
                (eosin[i], azure[i], purple[i]) = (painted.X, painted.Y, painted.Z);
            }
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    private static void Develop(Stain stain, int area, Span<float> planes)
    {
        Span<float> first = planes[..area], second = planes.Slice(area, area), third = planes.Slice(2 * area, area);
        for (int i = 0; i < area; i++)
        {
            Vector3 light = stain.Transmittance(new(first[i], second[i], third[i]));
            (first[i], second[i], third[i]) = (light.X, light.Y, light.Z);
        }
    }
}
