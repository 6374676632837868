using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>The weights of a <see cref="ParametrizedIsp"/> as numbers, in the order of its parameters' elements.</summary>
internal sealed class ParameterValues
{
    /// <param name="parameters">Float32 tensors on the CPU, in the order of <see cref="ParametrizedIsp.Weights"/>.</param>
    public ParameterValues(IReadOnlyList<Tensor> parameters)
    {
        BlackLevel = Read(parameters[0]);
        Demosaicing = Read(parameters[1]);
        WhiteBalance = Read(parameters[2]);
        ColorMatrix = Read(parameters[3]);
        Sharpening = Read(parameters[4]);
        Blur = Read(parameters[5]);
        Gamma = Read(parameters[6])[0];
    }

    public float[] BlackLevel { get; }

    public float[] Demosaicing { get; }

    public float[] WhiteBalance { get; }

    public float[] ColorMatrix { get; }

    public float[] Sharpening { get; }

    public float[] Blur { get; }

    public float Gamma { get; }

    private static float[] Read(Tensor parameter)
    {
        using var contiguous = parameter.detach().contiguous();
        return MemoryMarshal.Cast<byte, float>(contiguous.bytes).ToArray();
    }
}
