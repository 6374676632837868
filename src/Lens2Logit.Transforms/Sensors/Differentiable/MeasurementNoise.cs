using Lens2Logit.RandomNumbers;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Sensors.Differentiable;

/// <summary>Standard normal numbers for a batch, on the CPU: of shot noise and read noise [N, H, W], and of row noise [N, H, 1] or null without it.</summary>
internal sealed record MeasurementNoise(Tensor Shot, Tensor Read, Tensor? Row)
{
    /// <summary>Draws the numbers of each image from a generator of its own, which follows from the seeds and the image's key alone.</summary>
    /// <param name="sensor">Says the camera seed, and whether there is row noise.</param>
    /// <param name="frameSeed">Seed of the series.</param>
    /// <param name="rowKeys">A key for each image.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="type">Floating-point type.</param>
    public static MeasurementNoise Draw(SensorModel sensor, int frameSeed, ReadOnlySpan<ulong> rowKeys, int height, int width, ScalarType type)
    {
        var pixels = new Tensor[rowKeys.Length];
        var rows = new Tensor[sensor.RowNoiseElectrons > 0 ? rowKeys.Length : 0];
        for (var i = 0; i < pixels.Length; i++)
        {
            var key = rowKeys[i];
            var block = Philox4x32.Block(0, CounterTag.Generator, (uint)key, (uint)(key >> 32), (uint)sensor.CameraSeed, (uint)frameSeed);
            using var generator = new Generator(((ulong)block.Word0 << 32) | block.Word1);
            pixels[i] = randn([2, height, width], type, generator: generator);
            if (rows.Length > 0)
            {
                rows[i] = randn([height, 1], type, generator: generator);
            }
        }

        var both = stack(pixels);
        return new(both.select(1, 0), both.select(1, 1), rows.Length > 0 ? stack(rows) : null);
    }
}
