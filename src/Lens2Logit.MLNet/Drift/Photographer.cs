using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Optics;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Drift;

/// <summary>Scenes to raw images. Gives what <c>SimulateMeasurement</c> gives for the same keys and frame seed.</summary>
internal static class Photographer
{
    private const int Batch = 32;

    /// <param name="scenes">Scenes [3, H, W].</param>
    /// <param name="acquisition">Lens, light and sensor.</param>
    /// <param name="frameSeed">Seed of the series.</param>
    /// <returns>Raw images [H, W].</returns>
    public static ImageSet Photograph(ImageSet scenes, Acquisition acquisition, int frameSeed)
    {
        acquisition.Validate();
        if (scenes.Shape.Length != 3)
            throw new ArgumentException($"The images are raw, [{string.Join(", ", scenes.Shape)}]: they cannot be photographed once more. Set the acquisition to null.");
        var images = OnSensor(scenes, acquisition).Images;
        var sampler = new MeasurementSampler(acquisition.Sensor, acquisition.Exposure, frameSeed);
        var (height, width) = (scenes.Height, scenes.Width);
        var raw = new float[scenes.Count][];
        EachImage.Do(scenes.Count, i =>
        {
            raw[i] = new float[height * width];
            sampler.Measure(images[i], height, width, scenes.Keys[i], raw[i]);
        });
        return scenes.With([height, width], raw);
    }

    /// <summary>The light on the sensor: what the lens makes of the scenes.</summary>
    public static ImageSet OnSensor(ImageSet scenes, Acquisition acquisition) => acquisition.Lens is { } lens ? scenes.With(scenes.Shape, ThroughLens(scenes, lens)) : scenes;

    private static float[][] ThroughLens(ImageSet scenes, LensOptions options)
    {
        using var lens = new Lens(options);
        lens.eval();
        using var noGradients = no_grad();
        var images = Array.ConvertAll(scenes.Images, image => new float[image.Length]);
        for (int start = 0; start < scenes.Count; start += Batch)
        {
            using var scope = NewDisposeScope();
            int count = Math.Min(Batch, scenes.Count - start);
            var batch = StageInference.ToBatch(scenes.Images.AsSpan(start, count), scenes.Shape, CPU);
            // A sum of rounded weights may come out a little below black.
            StageInference.CopyTo(lens.forward(batch).clamp(min: 0), images.AsSpan(start, count), "The lens");
        }
        return images;
    }
}
