using System.Runtime.CompilerServices;
using Lens2Logit.Demosaicing;
using Lens2Logit.Sensors;

namespace Lens2Logit.Isp.Fused;

/// <summary>The numbers that the fused kernels of one <see cref="StaticIsp"/> need, computed once, in double precision. Immutable.</summary>
internal sealed unsafe class FusedPlan
{
    // Pinned: [black level (4), colour matrix (9), half a denoising kernel (3), half an unsharp kernel (5), matrix with its
    // columns in the order blue, green, red (9)].
    private const int SwappedColors = 21;

    private readonly float[] _numbers = GC.AllocateArray<float>(SwappedColors + 9, pinned: true);

    private FusedPlan(StaticIsp isp)
    {
        Isp = isp;
        Gamma = new(isp.Gamma);
        var camera = isp.Camera;
        var colors = new double[9];
        for (int i = 0; i < 9; i++)
            colors[i] = camera.ColorMatrix[i] * camera.WhiteBalance[i % 3];
        if (isp.Configuration.Demosaicing != DemosaicMethod.Menon2007)
            Linear = new(isp.Configuration.Demosaicing, camera.Cfa, colors);

        var numbers = camera.BlackLevel.Concat(colors)
            .Concat(IspKernels.Gaussian(IspKernels.DenoisingSigma).Skip(2))
            .Concat(IspKernels.Gaussian(IspKernels.UnsharpRadius).Skip(4)).ToArray();
        for (int i = 0; i < numbers.Length; i++)
            _numbers[i] = (float)numbers[i];
        for (int i = 0; i < 9; i++)
            _numbers[SwappedColors + i] = (float)colors[i / 3 * 3 + 2 - i % 3];
    }

    public StaticIsp Isp { get; }

    public GammaCurve Gamma { get; }

    /// <summary>Null for Menon.</summary>
    public LinearDemosaicWeights? Linear { get; }

    public float* BlackLevel => (float*)Unsafe.AsPointer(ref _numbers[0]);

    public float* Colors => BlackLevel + 4;

    /// <summary>The matrix for vectors of blue, green, red.</summary>
    public float* ColorsFromBlue => BlackLevel + SwappedColors;

    public float* DenoisingKernel => BlackLevel + 13;

    public float* UnsharpKernel => BlackLevel + 16;

    /// <summary>The first column, 0 or 1, at which the row measures red or blue.</summary>
    public int MeasuredColumn(int row) => Isp.Camera.Cfa.ChannelAt(row, 0) == 1 ? 1 : 0;

    /// <summary>The colour, red (0) or blue (2), that the row measures beside green.</summary>
    public int OwnColor(int row) => Isp.Camera.Cfa.ChannelAt(row, 0) + Isp.Camera.Cfa.ChannelAt(row, 1) - 1;

    /// <summary>Null where the fused kernels do not cover a pipeline: a gamma too small for its polynomial.</summary>
    public static FusedPlan? For(StaticIsp isp)
    {
        var plan = new FusedPlan(isp);
        return plan.Gamma.IsAccurate ? plan : null;
    }
}
