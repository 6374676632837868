using System.Numerics;
using Lens2Logit.Sensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp;

/// <summary>
/// How raw values become linear reference values where a camera has a white level: subtract black, divide by white − black, clip
/// (DNG specification 1.4, chapter 5). Both ISPs do it in two exact steps: they clip the raw values, and develop them for a camera
/// without white level whose white balance contains the scale.
/// </summary>
/// <remarks>
/// The specification clips at 1; after a white balance that is not neutral, saturated pixels would then have the colour of the gains. So each
/// colour is clipped where, balanced, it reaches what the first one to saturate reaches, as Adobe's DNG SDK does after demosaicing.
/// </remarks>
internal sealed class LinearReference
{
    private readonly double[] _low = new double[4], _high = new double[4];

    private LinearReference(CameraParameters camera, double white)
    {
        double scale = Scale(camera.BlackLevel, white);
        Camera = camera with { WhiteLevel = null, WhiteBalance = [.. camera.WhiteBalance.Select(gain => gain * scale)] };
        // A gain that is not positive inverts a colour; nothing is known about how such a camera's white looks.
        double least = camera.WhiteBalance.Min();
        for (int position = 0; position < 4; position++)
        {
            double ceiling = least > 0 ? least / camera.WhiteBalance[camera.Cfa.Cell()[position]] : 1;
            (_low[position], _high[position]) = (camera.BlackLevel[position], camera.BlackLevel[position] + ceiling / scale);
        }
    }

    /// <summary>The camera whose raw images are those that <see cref="Clip{T}"/> gives.</summary>
    public CameraParameters Camera { get; }

    /// <summary>Null where the camera has no white level.</summary>
    public static LinearReference? Of(CameraParameters camera) => camera.WhiteLevel is { } white ? new(camera, white) : null;

    /// <summary>One factor for all positions, as the specification has it: 1 / (white − the greatest black level).</summary>
    public static double Scale(IReadOnlyList<double> blackLevel, double white) => 1 / (white - blackLevel.Max());

    /// <summary>Gives a mosaic the black and white level of another camera; its linear reference values stay what they are.</summary>
    public static void ChangeLevels(Span<float> mosaic, int width, CameraParameters from, CameraParameters to)
    {
        if (from.WhiteLevel is not { } white || to.WhiteLevel is not { } wanted || (white == wanted && from.BlackLevel.SequenceEqual(to.BlackLevel)))
            return;
        double scale = Scale(from.BlackLevel, white) / Scale(to.BlackLevel, wanted);
        for (int i = 0; i < mosaic.Length; i++)
        {
            int position = (i / width & 1) << 1 | (i % width & 1);
            mosaic[i] = (float)((mosaic[i] - from.BlackLevel[position]) * scale + to.BlackLevel[position]);
        }
    }

    /// <summary>Clips a mosaic [H, W]. NaN stays NaN.</summary>
    public void Clip<T>(ReadOnlySpan<T> raw, int height, int width, Span<T> clipped)
        where T : struct, IFloatingPointIeee754<T>
    {
        for (int y = 0; y < height; y++)
        {
            int left = (y & 1) << 1;
            T low0 = T.CreateChecked(_low[left]), low1 = T.CreateChecked(_low[left + 1]);
            T high0 = T.CreateChecked(_high[left]), high1 = T.CreateChecked(_high[left + 1]);
            var low = Vector.ConditionalSelect(Columns<T>.Odd, new(low1), new Vector<T>(low0));
            var high = Vector.ConditionalSelect(Columns<T>.Odd, new(high1), new Vector<T>(high0));
            var source = raw.Slice(y * width, width);
            var target = clipped.Slice(y * width, width);
            int x = 0;
            for (; x <= width - Vector<T>.Count; x += Vector<T>.Count)
                Vector.Min(Vector.Max(new Vector<T>(source[x..]), low), high).CopyTo(target[x..]);
            for (; x < width; x++)
                target[x] = T.Min(T.Max(source[x], (x & 1) == 0 ? low0 : low1), (x & 1) == 0 ? high0 : high1);
        }
    }

    /// <summary>Clips mosaics [N, H, W]; gradients pass where nothing is clipped.</summary>
    public Tensor Clip(Tensor raw)
    {
        using var scope = NewDisposeScope();
        var phases = BayerMosaic.PhaseMasks((int)raw.shape[1], (int)raw.shape[2], raw.dtype, raw.device);
        return raw.clamp(Map(_low), Map(_high)).MoveToOuterDisposeScope();

        Tensor Map(double[] levels) => (phases * tensor(levels, dtype: raw.dtype, device: raw.device).view(4, 1, 1)).sum(dim: 0);
    }

    /// <summary>Columns of a vector that begins at an even one.</summary>
    private static class Columns<T>
        where T : struct, INumber<T>
    {
        public static readonly Vector<T> Odd = Vector.Equals(new Vector<T>([.. Enumerable.Range(0, Vector<T>.Count).Select(i => T.CreateChecked(i & 1))]), Vector<T>.One);
    }
}
