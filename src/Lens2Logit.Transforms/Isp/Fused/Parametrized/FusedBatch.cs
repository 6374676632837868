using Lens2Logit.Simd;
using Lens2Logit.Threading;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>
/// Runs the passes over a batch, parallel over images and over bands of large ones. How the work is divided depends on the images alone,
/// and sums are added in the order of the parts, so results do not depend on the number of threads.
/// </summary>
internal sealed unsafe class FusedBatch(ParametrizedPlan plan, SimdWidth simd, int images)
{
    // A band computes some ten rows of its neighbours again.
    private const int RowsPerBand = 256;

    // What a worker should have to do at least. Passes over finished planes cost a tenth of the others.
    private const long LeastPixels = 1 << 15, LeastPixelsOfPlanes = 1 << 18;

    private readonly int _bands = (plan.Height + RowsPerBand - 1) / RowsPerBand;

    public ParametrizedPlan Plan => plan;

    /// <summary>Values of a channel in the batch.</summary>
    public double Count => (double)images * plan.Height * plan.Width;

    private nint Plane => (nint)plan.Height * plan.Width;

    /// <summary>Develops the batch; false if a pixel is not finite. The moments, where asked for, are those of each part and channel.</summary>
    public bool Forward(Tensor raw, Tensor? additive, Normalization? normalization, Tensor view, Moments[]? moments)
    {
        float* source = Pointer(raw), target = Pointer(view), added = additive is null ? null : Pointer(additive);
        int failed = 0;
        ForEachBand((unit, image, begin, end) =>
        {
            var own = moments is null ? default : moments.AsSpan(3 * unit, 3);
            float* from = source + image * Plane, to = target + 3 * image * Plane;
            var options = new ViewOptions(added, normalization);
            bool finite = simd switch
            {
                SimdWidth.Bits512 => ForwardPass<Simd512>.Run(plan, from, begin, end, options, to, own),
                SimdWidth.Bits256 => ForwardPass<Simd256>.Run(plan, from, begin, end, options, to, own),
                _ => ForwardPass<Simd128>.Run(plan, from, begin, end, options, to, own),
            };
            if (!finite)
                Interlocked.Exchange(ref failed, 1);
        });
        return failed == 0;
    }

    public Moments[] NewMoments() => new Moments[3 * images * _bands];

    /// <summary>Normalises the view in place.</summary>
    public void Normalize(Tensor view, Normalization normalization)
    {
        float* target = Pointer(view);
        ForEachPlane(plane =>
        {
            float scale = normalization.Scale[plane % 3], shift = -scale * normalization.Mean[plane % 3];
            float* values = target + plane * Plane;
            switch (simd)
            {
                case SimdWidth.Bits512: ViewRows<Simd512>.Affine(values, null, scale, shift, 0, Plane, values); break;
                case SimdWidth.Bits256: ViewRows<Simd256>.Affine(values, null, scale, shift, 0, Plane, values); break;
                default: ViewRows<Simd128>.Affine(values, null, scale, shift, 0, Plane, values); break;
            }
        });
    }

    /// <summary>Σ∂ and Σ∂·view of each image and channel.</summary>
    public (double Gradient, double Product)[] Sums(Tensor gradient, Tensor view)
    {
        var sums = new (double, double)[3 * images];
        float* given = Pointer(gradient), values = Pointer(view);
        ForEachPlane(plane => sums[plane] = simd switch
        {
            SimdWidth.Bits512 => ViewRows<Simd512>.Sums(given + plane * Plane, values + plane * Plane, Plane),
            SimdWidth.Bits256 => ViewRows<Simd256>.Sums(given + plane * Plane, values + plane * Plane, Plane),
            _ => ViewRows<Simd128>.Sums(given + plane * Plane, values + plane * Plane, Plane),
        });
        return sums;
    }

    /// <summary>The gradients of the weights, and of the raw images if a tensor for it is given.</summary>
    public double[][] Backward(Tensor raw, Tensor gradient, Tensor? view, BatchNormGradient normalization, Tensor? rawGradient)
    {
        const int length = GradientSums.Length;
        var sums = new double[images * _bands * length];
        float* source = Pointer(raw), given = Pointer(gradient), values = view is null ? null : Pointer(view), target = rawGradient is null ? null : Pointer(rawGradient);
        ForEachBand((unit, image, begin, end) =>
        {
            var own = sums.AsSpan(unit * length, length);
            var viewGradient = new ViewGradient(given + 3 * image * Plane, values == null ? null : values + 3 * image * Plane, Plane, normalization);
            float* from = source + image * Plane, to = target == null ? null : target + image * Plane;
            switch (simd)
            {
                case SimdWidth.Bits512: BackwardPass<Simd512>.Run(plan, from, begin, end, viewGradient, to, own); break;
                case SimdWidth.Bits256: BackwardPass<Simd256>.Run(plan, from, begin, end, viewGradient, to, own); break;
                default: BackwardPass<Simd128>.Run(plan, from, begin, end, viewGradient, to, own); break;
            }
        });
        for (int i = length; i < sums.Length; i++)
            sums[i % length] += sums[i];
        return GradientSums.ToWeights(plan, sums.AsSpan(0, length));
    }

    private void ForEachBand(Action<int, int, int, int> run) => ForEach(images * _bands, LeastPixels, unit =>
    {
        int band = unit % _bands;
        run(unit, unit / _bands, (int)((long)plan.Height * band / _bands), (int)((long)plan.Height * (band + 1) / _bands));
    });

    private void ForEachPlane(Action<int> run) => ForEach(3 * images, LeastPixelsOfPlanes, run);

    private void ForEach(int count, long leastPixels, Action<int> run) =>
        Workers.InPhases(Team.Torch, Workers.For(get_num_threads(), (long)Count, leastPixels), new Phase(count, run));

    private static float* Pointer(Tensor tensor)
    {
        using var storage = tensor.storage<float>();
        return (float*)storage.data_ptr() + tensor.storage_offset();
    }
}
