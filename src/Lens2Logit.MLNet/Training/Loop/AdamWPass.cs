using System.Numerics;
using Lens2Logit.Native;
using Lens2Logit.Threading;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>
/// A step of <see cref="AdamW"/> on the CPU in one pass over memory; by torch's operations, one after the other, it takes eight. The roundings are theirs,
/// except that roots are rounded correctly.
/// </summary>
internal readonly struct AdamWPass
{
    // A thread's start takes as long as some ten thousand numbers.
    private const int NumbersPerPart = 1 << 16;

    /// <summary>What the moments keep, and what they take of the gradient and of its square.</summary>
    public required float KeepMean { get; init; }

    /// <inheritdoc cref="KeepMean"/>
    public required float AddMean { get; init; }

    /// <inheritdoc cref="KeepMean"/>
    public required float KeepSquare { get; init; }

    /// <inheritdoc cref="KeepMean"/>
    public required float AddSquare { get; init; }

    /// <summary>By which the root of the second moment is divided.</summary>
    public required float Correction { get; init; }

    /// <summary>What is added to it then.</summary>
    public required float Epsilon { get; init; }

    /// <summary>Whether it can update such tensors: in Float32 on the CPU, and with their numbers in one order.</summary>
    public static bool Covers(params ReadOnlySpan<Tensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            if (tensor.device_type != DeviceType.CPU || tensor.dtype != ScalarType.Float32 || !TensorMemory.AreAlike(tensors[0], tensor))
                return false;
        }
        return true;
    }

    /// <summary>Updates a parameter and its moments.</summary>
    /// <param name="value">The parameter.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="mean">Its first moment.</param>
    /// <param name="square">Its second moment.</param>
    /// <param name="keep">What decay leaves of the value.</param>
    /// <param name="step">Factor of the quotient of the moments that is added to the value.</param>
    public unsafe void Run(Tensor value, Tensor gradient, Tensor mean, Tensor square, float keep, float step)
    {
        long count = value.numel();
        float* p = (float*)TensorMemory.Start(value), g = (float*)TensorMemory.Start(gradient), m = (float*)TensorMemory.Start(mean), v = (float*)TensorMemory.Start(square);
        var pass = this;
        Workers.InPhases(Team.Torch, Workers.For(get_num_threads(), count, NumbersPerPart), new Phase((int)((count + NumbersPerPart - 1) / NumbersPerPart), part =>
        {
            long begin = (long)part * NumbersPerPart;
            pass.Run(p + begin, g + begin, m + begin, v + begin, (int)Math.Min(NumbersPerPart, count - begin), keep, step);
        }));
    }

    private unsafe void Run(float* value, float* gradient, float* mean, float* square, int count, float keep, float step)
    {
        int i = 0;
        Vector<float> addMean = new(AddMean), correction = new(Correction), epsilon = new(Epsilon);
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var g = Vector.Load(gradient + i);
            var m = Vector.FusedMultiplyAdd(g, addMean, KeepMean * Vector.Load(mean + i));
            var v = Vector.FusedMultiplyAdd(AddSquare * g, g, KeepSquare * Vector.Load(square + i));
            m.Store(mean + i);
            v.Store(square + i);
            var size = Vector.SquareRoot(v) / correction + epsilon;
            (keep * Vector.Load(value + i) + step * m / size).Store(value + i);
        }
        for (; i < count; i++)
        {
            float g = gradient[i];
            mean[i] = MathF.FusedMultiplyAdd(g, AddMean, KeepMean * mean[i]);
            square[i] = MathF.FusedMultiplyAdd(AddSquare * g, g, KeepSquare * square[i]);
            value[i] = keep * value[i] + step * mean[i] / (MathF.Sqrt(square[i]) / Correction + Epsilon);
        }
    }
}
