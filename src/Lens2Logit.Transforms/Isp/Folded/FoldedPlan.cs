using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Folded;

/// <summary>What the folded passes need to know about images of one size, type and device: constants on the device, made once.</summary>
internal sealed class FoldedPlan : IDisposable
{
    private readonly (long Height, long Width, ScalarType Type, DeviceType Device, int Index) _key;

    private FoldedPlan(ParametrizedIsp isp, Tensor raw)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        int height = (int)raw.shape[1], width = (int)raw.shape[2];
        _key = Key(raw);
        Demosaicing = new(height, width, isp.Options.Convention, isp.Options.Camera.Cfa, raw);
        Sharpening = new(height, width, 1, null, raw);
        Blur = new(height, width, 2, isp.Options.Convention, raw);
        // Filtering luma adds the same to every channel: the filtered luma, minus the one before, which a matrix can take off already.
        double r = IspKernels.Luma[0], g = IspKernels.Luma[1], b = IspKernels.Luma[2];
        double[] channels = [1 - r, -g, -b, -r, 1 - g, -b, -r, -g, 1 - b, r, g, b];
        Channels = tensor(channels, dtype: raw.dtype).view(4, 3).to(raw.device).DetachFromDisposeScope();
        Ones = ones([1, 3, Demosaicing.Tiles.Bands, 1, 1, 1, 1], raw.dtype, raw.device).DetachFromDisposeScope();
    }

    public TiledDemosaicing Demosaicing { get; }

    public LumaFilter Sharpening { get; }

    public LumaFilter Blur { get; }

    /// <summary>[4, 3]: from linear RGB to R, G and B minus luma, and luma.</summary>
    public Tensor Channels { get; }

    /// <summary>A one for every colour and band of tiles.</summary>
    public Tensor Ones { get; }

    /// <summary>The plan of the last call where it fits, else a new one.</summary>
    public static FoldedPlan For(ParametrizedIsp isp, Tensor raw, ref FoldedPlan? last)
    {
        var plan = Volatile.Read(ref last);
        // One that another thread may still use is left to the garbage collector.
        if (plan is null || plan._key != Key(raw))
            Volatile.Write(ref last, plan = new(isp, raw));
        return plan;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Demosaicing.Dispose();
        Sharpening.Dispose();
        Blur.Dispose();
        Channels.Dispose();
        Ones.Dispose();
    }

    private static (long, long, ScalarType, DeviceType, int) Key(Tensor raw) => (raw.shape[1], raw.shape[2], raw.dtype, raw.device_type, raw.device_index);
}
