using Lens2Logit.MLNet.Data;
using Lens2Logit.Sensors;

namespace Lens2Logit.Benchmarks;

/// <summary>Images like those that the code is made for: what a median or a sampler costs depends on what it sees.</summary>
internal static class TestImages
{
    /// <summary>Synthetic blood smears, linear RGB [3, size, size] each.</summary>
    public static float[][] Scenes(int size, int count)
    {
        var smear = new SyntheticSmear(new() { Count = count, Size = size });
        var scenes = new float[count][];
        for (int i = 0; i < count; i++)
            smear.Render(i, scenes[i] = new float[3 * size * size]);
        return scenes;
    }

    /// <summary>The same, photographed by the camera of Raw-Drone: mosaics [size, size].</summary>
    public static float[][] Mosaics(int size, int count)
    {
        var sampler = new MeasurementSampler(SensorPresets.RawDrone, new());
        return [.. Scenes(size, count).Select((scene, i) =>
        {
            var raw = new float[size * size];
            sampler.Measure(scene, size, size, (ulong)i, raw);
            return raw;
        })];
    }

    /// <summary>One mosaic of any size: of a smear of up to 1000 pixels, repeated, which keeps the phase of the filter array.</summary>
    public static float[] Mosaic(int height, int width)
    {
        int size = Math.Min(1000, Math.Max(height, width) & ~1);
        var tile = Mosaics(size, 1)[0];
        var mosaic = new float[height * width];
        for (int i = 0; i < mosaic.Length; i++)
            mosaic[i] = tile[i / width % size * size + i % width % size];
        return mosaic;
    }
}
