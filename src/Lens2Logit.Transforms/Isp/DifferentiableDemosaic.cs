using Lens2Logit.Demosaicing;
using Lens2Logit.Sensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>
/// Malvar's and Menon's demosaicing of a mosaic [N, 1, H, W] in torch's operations. They equal <see cref="Demosaic"/>; the masks of the
/// four positions of the 2×2 cell are those of <see cref="BayerMosaic.PhaseMasks"/>.
/// </summary>
internal static class DifferentiableDemosaic
{
    /// <summary>The published filters [4, 1, 5, 5]: green at red or blue; at green the colour in its row, and that in its column; red at blue and back.</summary>
    public static double[] MalvarFilters() =>
        [.. Demosaic.GreenAtRedOrBlue, .. Demosaic.ColorAtGreenInItsRow, .. Demosaic.ColorAtGreenInItsColumn, .. Demosaic.RedAtBlueAndBack];

    /// <summary>Linear filters of any weights: a measured colour passes unchanged, the others come from the filter that suits the site.</summary>
    public static Tensor Malvar(Tensor mosaic, Tensor filters, Tensor phases, CfaPattern pattern, Func<Tensor, int, Tensor> pad)
    {
        var candidates = cat([mosaic, nn.functional.conv2d(pad(mosaic, 2), filters)], 1);
        return einsum("ckhw,nkhw->nchw", MalvarChoice(phases, pattern), candidates);
    }

    /// <summary>
    /// Menon's method as differences of colours; <see cref="Fused.MenonStage{TVector}"/> draws it. The choice of a direction is constant
    /// for the gradient: it changes only where both directions score the same.
    /// </summary>
    public static Tensor Menon(Tensor mosaic, Tensor phases, CfaPattern pattern)
    {
        var cell = pattern.Cell();
        var measured = zeros_like(phases[0]);
        var redRows = zeros_like(phases[0]);
        for (int position = 0; position < 4; position++)
        {
            if (cell[position] != 1)
                measured.add_(phases[position]);
            if (cell[position & 2] == 0 || cell[position | 1] == 0)
                redRows.add_(phases[position]);
        }

        Tensor along = measured * ColorDifference(mosaic, 3), across = measured * ColorDifference(mosaic, 2);
        var isAlong = IsAlong(along, across);
        var difference = where(isAlong, along, across);
        Tensor inRow = Beside(difference, 3) / 2, inColumn = Beside(difference, 2) / 2;
        var own = where(isAlong, Beside(inRow, 3), Beside(inColumn, 2));
        var opposite = (own - where(isAlong, Beside(inColumn, 3), Beside(inRow, 2))) / 2;
        var refined = measured * (difference + own) / 3;

        (inRow, inColumn) = (Beside(refined, 3) / 2, Beside(refined, 2) / 2);
        opposite = (opposite + where(isAlong, Beside(inRow, 3) - Beside(inColumn, 3), Beside(inColumn, 2) - Beside(inRow, 2))) / 3;
        var isMeasured = measured > 0;
        var ofRow = where(isMeasured, mosaic, mosaic + inRow);
        var ofOther = where(isMeasured, mosaic - opposite, mosaic + inColumn);
        var isRedRow = redRows > 0;
        return cat([where(isRedRow, ofRow, ofOther), mosaic - refined, where(isRedRow, ofOther, ofRow)], 1);
    }

    /// <summary>[3, 5, H, W]: for each colour, which of the mosaic and the four filters gives it at a pixel.</summary>
    private static Tensor MalvarChoice(Tensor phases, CfaPattern pattern)
    {
        var cell = pattern.Cell();
        var choice = zeros([3, 5, phases.shape[1], phases.shape[2]], phases.dtype, phases.device);
        for (int position = 0; position < 4; position++)
        {
            int measured = cell[position], inRow = cell[position ^ 1];
            Choose(measured, 0);
            if (measured == 1)
            {
                Choose(inRow, 2);
                Choose(2 - inRow, 3);
            }
            else
            {
                Choose(1, 1);
                Choose(2 - measured, 4);
            }

            void Choose(int color, int candidate) => choice[color, candidate].add_(phases[position]);
        }
        return choice;
    }

    /// <summary>The measured colour less green, interpolated along a dimension.</summary>
    private static Tensor ColorDifference(Tensor mosaic, int dimension)
    {
        var kernel = tensor(new[] { 0.25, -0.5, 0.5, -0.5, 0.25 }, mosaic.dtype, mosaic.device);
        return nn.functional.conv2d(Mirror(mosaic, dimension, 2), dimension == 3 ? kernel.view(1, 1, 1, 5) : kernel.view(1, 1, 5, 1));
    }

    /// <summary>Where the differences along rows change less in a window of 5×5 than those along columns.</summary>
    private static Tensor IsAlong(Tensor along, Tensor across)
    {
        using var gradients = no_grad();
        var window = tensor(new double[] { 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0 }, along.dtype, along.device).view(1, 1, 5, 5);
        var horizontal = nn.functional.conv2d(Change(along, 3), window, padding: [2, 2]);
        var vertical = nn.functional.conv2d(Change(across, 2), window.transpose(2, 3), padding: [2, 2]);
        return vertical >= horizontal;
    }

    /// <summary>How much a value differs from the one two further.</summary>
    private static Tensor Change(Tensor values, int dimension) =>
        (values - Mirror(values, dimension, 2).narrow(dimension, 4, values.shape[dimension])).abs();

    /// <summary>The sum of both neighbours along a dimension.</summary>
    private static Tensor Beside(Tensor values, int dimension)
    {
        var padded = Mirror(values, dimension, 1);
        long size = values.shape[dimension];
        return padded.narrow(dimension, 0, size) + padded.narrow(dimension, 2, size);
    }

    private static Tensor Mirror(Tensor values, int dimension, int radius) =>
        nn.functional.pad(values, dimension == 3 ? [radius, radius, 0, 0] : [0, 0, radius, radius], PaddingModes.Reflect);
}
