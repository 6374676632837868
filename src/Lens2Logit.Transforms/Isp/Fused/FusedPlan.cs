using Lens2Logit.Demosaicing;

namespace Lens2Logit.Isp.Fused;

/// <summary>The numbers that the fused kernels of one <see cref="StaticIsp"/> need, computed once, in double precision. Immutable.</summary>
internal sealed unsafe class FusedPlan
{
    // Pinned: [black level (4), colour matrix (9), half a denoising kernel (3), half an unsharp kernel (5)].
    private readonly float[] _numbers = GC.AllocateArray<float>(21, pinned: true);

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
    }

    public StaticIsp Isp { get; }

    public GammaCurve Gamma { get; }

    /// <summary>Null for Menon.</summary>
    public LinearDemosaicWeights? Linear { get; }

    public float* BlackLevel => (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _numbers[0]);

    public float* Colors => BlackLevel + 4;

    public float* DenoisingKernel => BlackLevel + 13;

    public float* UnsharpKernel => BlackLevel + 16;

    /// <summary>Null where the fused kernels do not cover a pipeline: Fourier denoising, Menon, and a gamma below about 0.4.</summary>
    public static FusedPlan? For(StaticIsp isp)
    {
        if (isp.Configuration.Denoising == DenoisingMethod.Fourier || isp.Configuration.Demosaicing == DemosaicMethod.Menon2007)
            return null;
        var plan = new FusedPlan(isp);
        return plan.Gamma.IsAccurate ? plan : null;
    }
}
