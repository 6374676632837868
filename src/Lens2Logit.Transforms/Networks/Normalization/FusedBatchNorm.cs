using Lens2Logit.Native;
using Lens2Logit.Simd;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lens2Logit.Networks.Normalization;

/// <summary>
/// Batch normalisation together with what follows it in a network, ReLU(norm(x) + shortcut), as one node of torch's graph that passes over memory about
/// half as often: for images in channels-last memory format on the CPU. What it does not cover, torch computes, one operation after the other.
/// </summary>
/// <remarks>In bfloat16 nothing is rounded before the end.</remarks>
internal sealed class FusedBatchNorm : autograd.SingleTensorFunction<FusedBatchNorm>
{
    // A multiple of the channels of every vector that is summed at once.
    private const int ChannelMultiple = 32;

    private const string State = "call";

    private static readonly BackwardFailure Failure = new("batch normalisation");

    /// <inheritdoc/>
    public override string Name => nameof(FusedBatchNorm);

    /// <summary>ReLU(layer(images) + shortcut).</summary>
    /// <param name="layer">Trains or not.</param>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="shortcut">Of the same shape and type, or null.</param>
    /// <param name="rectifies">False: without ReLU.</param>
    public static Tensor Apply(BatchNorm2d layer, Tensor images, Tensor? shortcut = null, bool rectifies = true)
    {
        Failure.ThrowIfAny();
        return SimdWidths.Widest != SimdWidth.Bits128 && Covers(layer, images, shortcut)
            ? Normalize(layer, images, shortcut, rectifies, SimdWidths.Widest)
            : Plain(layer, images, shortcut, rectifies);
    }

    /// <summary>The same here, for what this covers.</summary>
    internal static Tensor Normalize(BatchNorm2d layer, Tensor images, Tensor? shortcut, bool rectifies, SimdWidth simd)
    {
        var call = new Call(layer, rectifies, simd);
        // Here and not in forward: an exception that leaves that one through libtorch ends the process.
        var result = call.Normalize(layer, images, shortcut);
        if (!is_grad_enabled() || !new[] { images, layer.weight, layer.bias, shortcut }.Any(t => t is { requires_grad: true }))
            return result;
        call.Result = result;
        return apply([images, layer.weight, layer.bias!, shortcut!, call]);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var call = (Call)vars[^1];
        var result = call.Result!;
        // The node must not keep it alive.
        call.Result = null;
        ctx.save_for_backward([.. vars[..^1].Cast<Tensor>(), call.NeedsResult(vars[3]) ? result : null!]);
        ctx.save_data(State, call);
        return result;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var call = (Call)ctx.get_data(State);
        return CustomBackward.Run(ctx, grad_output, Call.Inputs, Failure, HandedGradients.OfThread, saved => is_grad_enabled()
            ? RecordedGradients.Of(call.Recorded(saved), saved[..Call.Inputs], grad_output)
            : call.Gradients(saved, grad_output));
    }

    private static Tensor Plain(BatchNorm2d layer, Tensor images, Tensor? shortcut, bool rectifies)
    {
        using var scope = NewDisposeScope();
        var result = layer.forward(images);
        // In place, here and below: the gradient of batch normalisation does not need what it gave.
        if (shortcut is not null)
            result = result.add_(shortcut);
        return (rectifies ? functional.relu(result, inplace: true) : result).MoveToOuterDisposeScope();
    }

    private static bool Covers(BatchNorm2d layer, Tensor images, Tensor? shortcut) =>
        images.device_type == DeviceType.CPU && images.dim() == 4 && images.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && images.shape[1] == layer.num_features && layer.num_features % ChannelMultiple == 0 && images.numel() > layer.num_features
        && TensorMemory.IsChannelsLast(images) && layer is { momentum: not null, num_batches_tracked: not null }
        && new[] { layer.weight, layer.bias, layer.running_mean, layer.running_var }.All(t => t is { dtype: ScalarType.Float32 } && t.is_contiguous())
        && (shortcut is null || (shortcut.dtype == images.dtype && shortcut.shape.SequenceEqual(images.shape) && TensorMemory.IsChannelsLast(shortcut)));

    /// <summary>What one call has to know in its backward pass.</summary>
    private sealed class Call(BatchNorm2d layer, bool rectifies, SimdWidth simd)
    {
        // Lives as long as the program: TorchSharp's own could be finalised while libtorch reads it.
        private static readonly Scalar One = 1;

        /// <summary>Images, weight, bias, shortcut.</summary>
        public const int Inputs = 4;

        // The layer's mode may be another by the time of the backward pass.
        private readonly bool _ofBatch = layer.training;
        private readonly double _epsilon = layer.eps;
        private readonly float _least = rectifies ? 0 : float.NegativeInfinity;
        private readonly ChannelFactors _factors = new((int)layer.num_features);
        private double[] _mean = [], _variance = [];

        public Tensor? Result { get; set; }

        private int Channels => _factors.InverseDeviation.Length;

        /// <summary>With a shortcut only the result tells what was cut off; else the images do.</summary>
        public bool NeedsResult(object? shortcut) => rectifies && shortcut is not null;

        public unsafe Tensor Normalize(BatchNorm2d layer, Tensor images, Tensor? shortcut)
        {
            using var noGradients = no_grad();
            using var scope = NewDisposeScope();
            var passes = PassesOf(images);
            var result = empty_like(images);
            byte* start = TensorMemory.Start(images);
            float* weight = (float*)TensorMemory.Start(layer.weight), bias = (float*)TensorMemory.Start(layer.bias!);
            fixed (float* factors = _factors.Values)
            {
                var normalize = passes.Normalize(start, Start(shortcut), TensorMemory.Start(result), _least, new(factors, Channels));
                if (_ofBatch)
                {
                    passes.Run([.. passes.Moments(start, Set), normalize]);
                    Track(layer, images.numel() / Channels);
                }
                else
                {
                    Set(Widened(layer.running_mean!), Widened(layer.running_var!));
                    passes.Run(normalize);
                }
            }
            return result.MoveToOuterDisposeScope();

            void Set(double[] mean, double[] variance)
            {
                (_mean, _variance) = (mean, variance);
                _factors.Set(mean, variance, new(weight, Channels), new(bias, Channels), _epsilon);
            }
        }

        public unsafe Tensor?[] Gradients(List<Tensor> saved, Tensor gradient)
        {
            Tensor images = saved[0], weight = saved[1], bias = saved[2];
            Tensor? shortcut = saved[3], result = saved[4];
            gradient = TensorMemory.ChannelsLast(gradient);
            Tensor? passed = result is null ? null : empty_like(images), ofImages = images.requires_grad ? empty_like(images) : null;
            long pixels = images.numel() / Channels;
            var passes = PassesOf(images);
            byte* start = TensorMemory.Start(images), given = TensorMemory.Start(gradient);
            double[] ofWeight = [], ofBias = [];
            fixed (float* values = _factors.Values, slopes = new float[Channels], offsets = new float[Channels])
            {
                var factors = new ChannelPointers(values, Channels);
                float* slope = slopes, offset = offsets;
                var sum = passes.SumGradients(given, start, Start(result), Start(passed), _least, factors, (sums, products) =>
                {
                    for (int channel = 0; channel < Channels; channel++)
                        products[channel] *= _factors.InverseDeviation[channel];
                    (ofBias, ofWeight) = (sums, products);
                    StatisticsGradient(sums, products, pixels, new(slope, Channels), new(offset, Channels));
                });
                if (ofImages is null)
                    passes.Run(sum);
                else if (passed is null)
                    passes.Run([.. sum, passes.ImageGradient(given, start, Start(ofImages), _least, factors, slope, offset)]);
                else
                    passes.Run([.. sum, passes.ImageGradient(Start(passed), start, Start(ofImages), float.NegativeInfinity, factors, slope, offset)]);
            }
            return
            [
                ofImages,
                weight.requires_grad ? tensor(ofWeight, ScalarType.Float32) : null,
                bias.requires_grad ? tensor(ofBias, ScalarType.Float32) : null,
                shortcut is { requires_grad: true } ? passed ?? gradient.alias() : null,
            ];
        }

        /// <summary>The result by torch's own operations: its gradients have gradients.</summary>
        public Tensor Recorded(List<Tensor> saved)
        {
            Tensor? mean = _ofBatch ? null : tensor(_mean, ScalarType.Float32), variance = _ofBatch ? null : tensor(_variance, ScalarType.Float32);
            var result = functional.batch_norm(saved[0], mean, variance, saved[1], saved[2], training: _ofBatch, eps: _epsilon);
            if (saved[3] is not null)
                result = result.add(saved[3]);
            return rectifies ? functional.relu(result) : result;
        }

        /// <summary>What the batch's mean and variance add to the gradient of a pixel: slope·(x − mean) + offset. Known statistics add nothing.</summary>
        private void StatisticsGradient(double[] sums, double[] products, long pixels, Span<float> slope, Span<float> offset)
        {
            if (!_ofBatch)
                return;
            for (int channel = 0; channel < Channels; channel++)
            {
                double scale = _factors.Scale[channel] / (double)pixels;
                slope[channel] = (float)(-scale * products[channel] * _factors.InverseDeviation[channel]);
                offset[channel] = (float)(-scale * sums[channel]);
            }
        }

        /// <summary>Moves the running statistics towards those of the batch, the variance without bias, as torch does.</summary>
        private void Track(BatchNorm2d layer, long pixels)
        {
            double take = layer.momentum!.Value, unbiased = pixels / (pixels - 1.0);
            Move(layer.running_mean!, _mean, 1);
            Move(layer.running_var!, _variance, unbiased);
            layer.num_batches_tracked!.add_(One, One);

            void Move(Tensor running, double[] found, double factor)
            {
                var values = Numbers(running);
                for (int channel = 0; channel < found.Length; channel++)
                    values[channel] = (float)((1 - take) * values[channel] + take * factor * found[channel]);
            }
        }

        private NormalizationPasses PassesOf(Tensor images) => NormalizationPasses.Create(
            simd, images.dtype == ScalarType.BFloat16, images.numel() / images.shape[1], (int)images.shape[1], get_num_threads());

        private static double[] Widened(Tensor tensor) => Array.ConvertAll(Numbers(tensor).ToArray(), x => (double)x);

        // TorchSharp's accessor makes an object for every number that is read.
        private static unsafe Span<float> Numbers(Tensor tensor) => new(TensorMemory.Start(tensor), (int)tensor.numel());

        private static unsafe byte* Start(Tensor? tensor) => tensor is null ? null : TensorMemory.Start(tensor);
    }
}
