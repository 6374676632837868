using Lens2Logit.Corruptions;
using Lens2Logit.Isp;

namespace Lens2Logit.MLNet.Drift;

/// <summary>Scenes or raw images to views, as a condition says.</summary>
internal static class ViewRenderer
{
    /// <param name="images">Scenes [3, H, W], or raw images [H, W] where the condition has no acquisition.</param>
    /// <param name="condition">How views come about.</param>
    /// <param name="frameSeed">Seed of this series of images: of the sensor's noise and of random corruptions.</param>
    /// <returns>Views [3, H, W] in [0, 1].</returns>
    /// <exception cref="ArgumentException">The condition is not valid, or does not fit the images.</exception>
    public static ImageSet Render(ImageSet images, DriftCondition condition, int frameSeed)
    {
        var isp = new StaticIsp(condition.Camera, IspConfiguration.Parse(condition.Configuration));
        var corruption = condition.Corruption is { } setting ? Corruption.Create(setting.Name, setting.Severity, setting.Preset) : null;
        var raw = Measure(images, condition, frameSeed);
        var (height, width) = (raw.Height, raw.Width);
        var views = new float[raw.Count][];
        EachImage.Do(raw.Count, i =>
        {
            var view = new float[3 * height * width];
            isp.Process<float>(raw.Images[i], height, width, view);
            if (corruption is null)
            {
                views[i] = view;
                return;
            }
            views[i] = new float[view.Length];
            corruption.Apply(view, height, width, views[i], raw.Keys[i], frameSeed);
        });
        return raw.With([3, height, width], views);
    }

    private static ImageSet Measure(ImageSet images, DriftCondition condition, int frameSeed)
    {
        if (condition.Acquisition is not { } acquisition)
        {
            return images.Shape.Length == 2 ? images
                : throw new ArgumentException($"Condition '{condition.Name}' has no acquisition, but the images are scenes: say how they are photographed.");
        }
        if (acquisition.Sensor.Cfa != condition.Camera.Cfa)
            throw new ArgumentException($"Condition '{condition.Name}': sensor {acquisition.Sensor.Name} has a {acquisition.Sensor.Cfa} filter array, but the ISP's camera parameters say {condition.Camera.Cfa}.");
        return Photographer.Photograph(images, acquisition, frameSeed);
    }
}
