using System.Runtime.Intrinsics.X86;
using Lens2Logit.Native;
using Lens2Logit.Simd;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Networks.Winograd;

/// <summary>
/// 3×3 convolutions of images in channels-last memory format on the CPU, with a quarter of the multiplications; torch has none of this kind
/// there. What it does not cover, torch computes: other sizes, strides and formats, and images too small for tiles of 4×4.
/// </summary>
/// <remarks>In float32 the result differs from an exact one by some 10⁻⁵ of its largest values. Bfloat16 is computed in float32 and rounded at the end.</remarks>
internal sealed class WinogradConvolution : autograd.SingleTensorFunction<WinogradConvolution>
{
    // So many pixels make up for the transformation of the filters.
    private const long LeastPixels = 256;

    // Of smaller work in bfloat16, torch's, which takes half the time of float32, is the faster.
    private const long LeastProductsOfBFloat16 = 1_000_000_000;

    // Above, filters would not fit an array: 36 numbers each.
    private const long MostFilters = 1 << 24;

    // Tiles that lie outside the images for the most part do not pay.
    private const double LeastFilled = 0.5, LeastFilledOfBFloat16 = 0.75;

    // The bit of leaf 7 of CPUID that says that the processor multiplies matrices of bfloat16, many times as fast as it does anything else (AMX).
    private const int MatrixBFloat16 = 1 << 22;

    private const string State = "call";

    private static readonly BackwardFailure Failure = new("a convolution");

    private static bool MultipliesMatrices { get; } = X86Base.IsSupported && (X86Base.CpuId(7, 0).Edx & MatrixBFloat16) != 0;

    /// <inheritdoc/>
    public override string Name => nameof(WinogradConvolution);

    /// <summary>What <paramref name="layer"/> computes, here or by torch, whichever is faster.</summary>
    public static Tensor Apply(Conv2d layer, Tensor images)
    {
        Failure.ThrowIfAny();
        return SimdWidths.Widest != SimdWidth.Bits128 && Covers(layer, images) && Pays(layer, images)
            ? Convolve(images, layer.weight, SimdWidths.Widest)
            : layer.forward(images);
    }

    /// <summary>images ∗ filters, with gradients.</summary>
    /// <param name="images">[N, C, H, W] in channels-last format.</param>
    /// <param name="filters">[K, C, 3, 3] of the same type; C and K are multiples of 32.</param>
    /// <param name="simd">Width of the vectors.</param>
    /// <returns>[N, K, H, W] in channels-last format.</returns>
    internal static Tensor Convolve(Tensor images, Tensor filters, SimdWidth simd)
    {
        var call = new Call(simd);
        // Here and not in forward: an exception that leaves that one through libtorch ends the process.
        var result = call.Convolve(images, filters);
        if (!is_grad_enabled() || !(images.requires_grad || filters.requires_grad))
            return result;
        call.Result = result;
        return apply([images, filters, call]);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var call = (Call)vars[2];
        ctx.save_for_backward([(Tensor)vars[0], (Tensor)vars[1]]);
        ctx.save_data(State, call);
        var result = call.Result!;
        // The node must not keep it alive.
        call.Result = null;
        return result;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var call = (Call)ctx.get_data(State);
        return CustomBackward.Run(ctx, grad_output, Call.Inputs, Failure, HandedGradients.OfThread, saved => is_grad_enabled()
            ? RecordedGradients.Of(nn.functional.conv2d(saved[0], saved[1], padding: [1, 1]), saved, grad_output)
            : call.Gradients(saved[0], saved[1], grad_output));
    }

    private static bool Covers(Conv2d layer, Tensor images) =>
        images.device_type == DeviceType.CPU && images.dim() == 4 && images.dtype is ScalarType.Float32 or ScalarType.BFloat16 && images.dtype == layer.weight.dtype && images.shape[1] == layer.in_channels
        && layer is { bias: null, groups: 1, padding_mode: PaddingModes.Zeros, kernel_size: [3, 3], stride: [1, 1], padding: [1, 1], dilation: [1, 1] }
        && layer.in_channels % TileLayout.Group == 0 && layer.out_channels % TileLayout.Group == 0
        && layer.in_channels * layer.out_channels <= MostFilters && TensorMemory.IsChannelsLast(images);

    private static bool Pays(Conv2d layer, Tensor images)
    {
        var grid = GridOf(images);
        long pixels = (long)grid.Images * grid.Height * grid.Width;
        if (images.dtype == ScalarType.Float32)
            return pixels >= LeastPixels && grid.Filled >= LeastFilled;
        return 9 * pixels * layer.in_channels * layer.out_channels >= LeastProductsOfBFloat16 && grid.Filled >= LeastFilledOfBFloat16 && !MultipliesMatrices;
    }

    private static TileGrid GridOf(Tensor images) => new((int)images.shape[0], (int)images.shape[2], (int)images.shape[3]);

    /// <summary>What one call has to know in its backward pass.</summary>
    private sealed class Call(SimdWidth simd)
    {
        /// <summary>Images, filters.</summary>
        public const int Inputs = 2;

        public Tensor? Result { get; set; }

        public unsafe Tensor Convolve(Tensor images, Tensor filters)
        {
            using var noGradients = no_grad();
            using var scope = NewDisposeScope();
            var result = Empty(images.shape[0], filters.shape[0], images.shape[2], images.shape[3], images.dtype);
            PassesOf(images, filters).Convolve(TensorMemory.Start(images), TensorMemory.Start(TensorMemory.ChannelsLast(filters)), TensorMemory.Start(result));
            return result.MoveToOuterDisposeScope();
        }

        public Tensor?[] Gradients(Tensor images, Tensor filters, Tensor gradient)
        {
            gradient = TensorMemory.ChannelsLast(gradient);
            return
            [
                images.requires_grad ? ImageGradient(images, filters, gradient) : null,
                filters.requires_grad ? FilterGradient(images, filters, gradient) : null,
            ];
        }

        private unsafe Tensor ImageGradient(Tensor images, Tensor filters, Tensor gradient)
        {
            var result = Empty(images.shape[0], images.shape[1], images.shape[2], images.shape[3], images.dtype);
            PassesOf(images, filters).ImageGradient(TensorMemory.Start(gradient), TensorMemory.Start(TensorMemory.ChannelsLast(filters)), TensorMemory.Start(result));
            return result;
        }

        private unsafe Tensor FilterGradient(Tensor images, Tensor filters, Tensor gradient)
        {
            var result = Empty(filters.shape[0], filters.shape[1], filters.shape[2], filters.shape[3], filters.dtype);
            PassesOf(images, filters).FilterGradient(TensorMemory.Start(images), TensorMemory.Start(gradient), TensorMemory.Start(result));
            return result;
        }

        private WinogradPasses PassesOf(Tensor images, Tensor filters) => WinogradPasses.Create(
            simd, images.dtype == ScalarType.BFloat16, GridOf(images), (int)filters.shape[1], (int)filters.shape[0], get_num_threads());

        private static Tensor Empty(long images, long channels, long height, long width, ScalarType type) =>
            empty_strided([images, channels, height, width], [channels * height * width, 1, width * channels, channels], type);
    }
}
