using Lens2Logit.Native;
using Lens2Logit.Simd;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>
/// The fused forward and backward pass of <see cref="ParametrizedIsp"/> as one node of torch's graph. What it does not cover, the plain
/// graph does: other types and devices, gammas beyond the polynomial, pixels that are not finite.
/// </summary>
internal sealed class FusedParametrizedIsp : autograd.SingleTensorFunction<FusedParametrizedIsp>
{
    private const string State = "development";

    /// <inheritdoc/>
    public override string Name => nameof(FusedParametrizedIsp);

    /// <summary>Develops a batch [N, H, W] with gradients, or returns null where the plain graph has to.</summary>
    public static Tensor? TryDevelop(ParametrizedIsp isp, Tensor raw, SimdWidth simd)
    {
        isp.BackwardFailure.ThrowIfAny();
        var weights = isp.Weights;
        var additive = isp.Additive;
        if (raw.shape[0] == 0 || !weights.Append(raw).Append(additive ?? raw).All(t => t.dtype == ScalarType.Float32 && t.device_type == DeviceType.CPU))
            return null;
        raw = raw.contiguous();
        int height = (int)raw.shape[1], width = (int)raw.shape[2];
        var plan = ParametrizedPlan.For(new(weights), isp.Options.Convention, isp.Options.Camera.Cfa, height, width);
        if (plan is null)
            return null;

        var batch = new FusedBatch(plan, simd, (int)raw.shape[0]);
        var view = empty(raw.shape[0], 3, height, width);
        var normalization = isp.BatchNorm is { training: false } known ? Known(known) : null;
        var moments = isp.BatchNorm is { training: true } ? batch.NewMoments() : null;
        if (!batch.Forward(raw, additive, normalization, view, moments))
            return null;
        if (moments is not null)
            batch.Normalize(view, normalization = OfBatch(isp.BatchNorm!, moments));
        if (!is_grad_enabled() || !weights.Append(raw).Append(additive ?? raw).Any(t => t.requires_grad))
            return view;
        return apply([raw, .. weights, additive!, new Development(isp, batch, normalization, view)]);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var development = (Development)vars[^1];
        var view = development.TakeView();
        // Only the gradient of the batch's own statistics needs the view.
        ctx.save_for_backward([.. vars[..^1].Cast<Tensor>(), development.Normalization is { IsOfBatch: true } ? view : null!]);
        ctx.save_data(State, development);
        return view;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var development = (Development)ctx.get_data(State);
        // A gradient of the gradient is wanted: the plain graph has it.
        return CustomBackward.Run(ctx, grad_output, Development.Inputs, development.Isp.BackwardFailure, HandedGradients.OfThread, saved => is_grad_enabled()
            ? PlainGradients(development, saved, grad_output)
            : FusedGradients(development, saved, grad_output));
    }

    private static Tensor?[] FusedGradients(Development development, List<Tensor> saved, Tensor given)
    {
        var batch = development.Batch;
        given = given.contiguous();
        Tensor raw = saved[0], additive = saved[Development.Inputs - 1], view = saved[Development.Inputs];
        var normalization = development.Normalization switch
        {
            null => BatchNormGradient.None,
            { IsOfBatch: true } ofBatch => BatchNormGradient.Of(ofBatch, batch.Sums(given, view), batch.Count),
            var known => BatchNormGradient.Of(known),
        };
        var rawGradient = raw.requires_grad ? empty_like(raw) : null;
        var values = batch.Backward(raw, given, view, normalization, rawGradient);

        var gradients = new Tensor?[Development.Inputs];
        gradients[0] = rawGradient;
        for (int i = 0; i < values.Length; i++)
            gradients[i + 1] = saved[i + 1].requires_grad ? tensor(Array.ConvertAll(values[i], v => (float)v)).view(saved[i + 1].shape) : null;
        if (additive is { requires_grad: true })
            gradients[^1] = OfAdditive(normalization, given, view);
        return gradients;
    }

    /// <summary>The additive layer is the same for every image: its gradient is the sum over the batch of what reaches gamma.</summary>
    private static Tensor OfAdditive(BatchNormGradient normalization, Tensor given, Tensor? view)
    {
        var sum = given.sum(dim: 0, keepdim: true) * PerChannel(normalization.Scale) + PerChannel(normalization.Shift) * given.shape[0];
        return view is null ? sum : sum + view.sum(dim: 0, keepdim: true) * PerChannel(normalization.Slope);

        static Tensor PerChannel(float[] values) => tensor(values).view(1, 3, 1, 1);
    }

    private static Tensor?[] PlainGradients(Development development, List<Tensor> saved, Tensor given)
    {
        var view = development.Isp.PlainGraph(saved[0], null);
        if (development.Normalization is { IsOfBatch: true })
            view = nn.functional.batch_norm(view, null!, null!, training: true, eps: development.Isp.BatchNorm!.eps);
        else if (development.Normalization is { } known)
            view = (view - tensor(known.Mean).view(1, 3, 1, 1)) * tensor(known.Scale).view(1, 3, 1, 1);
        return RecordedGradients.Of(view, saved.Take(Development.Inputs), given);
    }

    private static Normalization Known(BatchNorm2d batchNorm)
    {
        float[] mean = batchNorm.running_mean!.data<float>().ToArray(), variance = batchNorm.running_var!.data<float>().ToArray();
        return new(mean, Array.ConvertAll(variance, v => (float)(1 / Math.Sqrt(v + batchNorm.eps))), IsOfBatch: false);
    }

    /// <summary>The batch's statistics; moves the running ones towards them.</summary>
    private static Normalization OfBatch(BatchNorm2d batchNorm, Moments[] moments)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        float[] mean = new float[3], scale = new float[3], variance = new float[3];
        for (int channel = 0; channel < 3; channel++)
        {
            var of = Moments.Combine(moments, channel, 3);
            mean[channel] = (float)of.Mean;
            variance[channel] = (float)(of.Variance * of.Count / (of.Count - 1));
            scale[channel] = (float)(1 / Math.Sqrt(of.Variance + batchNorm.eps));
        }
        batchNorm.num_batches_tracked!.add_(1);
        double momentum = batchNorm.momentum ?? 1 / (double)batchNorm.num_batches_tracked.ToInt64();
        batchNorm.running_mean!.lerp_(tensor(mean), momentum);
        batchNorm.running_var!.lerp_(tensor(variance), momentum);
        return new(mean, scale, IsOfBatch: true);
    }

    /// <summary>What the backward pass has to know beside the saved tensors.</summary>
    private sealed class Development(ParametrizedIsp isp, FusedBatch batch, Normalization? normalization, Tensor view)
    {
        /// <summary>Raw, seven weights, the additive layer.</summary>
        public const int Inputs = 9;

        private Tensor? _view = view;

        public ParametrizedIsp Isp => isp;

        public FusedBatch Batch => batch;

        public Normalization? Normalization => normalization;

        /// <summary>The view, once: the node must not keep it alive.</summary>
        public Tensor TakeView() => Interlocked.Exchange(ref _view, null)!;
    }
}
