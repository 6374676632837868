using Lens2Logit.Isp;

namespace Lens2Logit.IO;

/// <summary>A raw image in memory.</summary>
public sealed class RawImage
{
    internal RawImage(RawImageInfo info, float[] values) => (Info, Values) = (info, values);

    /// <summary>What the file said about it.</summary>
    public RawImageInfo Info { get; }

    /// <summary>The mosaic [H, W] row by row: DN / (2^bits − 1), nominally in [0, 1].</summary>
    public float[] Values { get; }

    /// <summary>Rows.</summary>
    public int Height => Info.Height;

    /// <summary>Columns.</summary>
    public int Width => Info.Width;

    /// <summary>
    /// The image as linear reference values [H, W]: black level subtracted, divided by white − black, clipped to [0, 1]. Source: DNG
    /// specification 1.4, chapter 5. A camera without white level saturates at 1.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nothing is known about the camera.</exception>
    public float[] ToLinearReference()
    {
        var camera = Info.Camera ?? throw new InvalidOperationException(
            "The file does not say where black and white are. Give the camera to the reader: RawReadOptions.Camera.");
        double scale = LinearReference.Scale(camera.BlackLevel, camera.WhiteLevel ?? 1);
        var black = camera.BlackLevel.ToArray();
        var linear = new float[Values.Length];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
                linear[y * Width + x] = (float)Math.Clamp((Values[y * Width + x] - black[((y & 1) << 1) | (x & 1)]) * scale, 0, 1);
        }
        return linear;
    }

    /// <summary>Develops the image with the file's own camera parameters.</summary>
    /// <param name="configuration">The pipeline, see <see cref="IspConfiguration.Parse"/>.</param>
    /// <returns>The view [3, H, W] in [0, 1].</returns>
    /// <exception cref="InvalidOperationException">Nothing is known about the camera.</exception>
    /// <exception cref="ArgumentException">
    /// The name is no pipeline, or the image is monochrome, smaller than 4×4, or so large that no array holds its view.
    /// </exception>
    public float[] Develop(string configuration = "ma,s,ga")
    {
        var camera = Info.Camera ?? throw new InvalidOperationException(
            "The file does not say how to develop it. Give the camera to the reader: RawReadOptions.Camera.");
        ImageGuard.RequireSize(Height, Width);
        var rgb = new float[3 * Values.Length];
        new StaticIsp(camera, IspConfiguration.Parse(configuration)).Process<float>(Values, Height, Width, rgb, Environment.ProcessorCount);
        return rgb;
    }
}
