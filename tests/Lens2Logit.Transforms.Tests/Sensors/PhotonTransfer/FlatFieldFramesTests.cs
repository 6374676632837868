using Lens2Logit.Sensors.PhotonTransfer;

namespace Lens2Logit.Tests.Sensors.PhotonTransfer;

public class FlatFieldFramesTests
{
    [Test]
    public void A_pair_gives_the_standards_formulas()
    {
        // σy² = ½⟨(A − B)²⟩ − ½(⟨A⟩ − ⟨B⟩)², here with a light that changed by 3 DN between the two.
        var random = new Random(4);
        const int Height = 32, Width = 48;
        var a = Enumerable.Range(0, Height * Width).Select(_ => (float)random.Next(90, 110)).ToArray();
        var b = Enumerable.Range(0, Height * Width).Select(_ => (float)random.Next(93, 113)).ToArray();
        var half = a.Zip(b, (x, y) => 0.5 * (x - y) * (x - y)).Average() - (0.5 * Math.Pow(a.Average(x => (double)x) - b.Average(x => (double)x), 2));
        var field = FlatFieldFrames.Of([a, b], Height, Width, 7, 0.5);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(field.TemporalVarianceDn2, Is.EqualTo(half).Within(0.3).Percent, "up to 1/(rows·columns) and the share of rows");
            Assert.That(field.MeanDn, Is.EqualTo((a.Average(x => (double)x) + b.Average(x => (double)x)) / 2).Within(1e-9));
            Assert.That(field.SpatialVarianceDn2, Is.Zero.Within(4));
            Assert.That((field.PhotonsPerPixel, field.ExposureTimeSeconds, field.Frames), Is.EqualTo((7.0, 0.5, 2)));
        }
    }

    [Test]
    public void Spatial_parts_of_an_image_of_rows_columns_and_pixels_add_up()
    {
        // Row r adds r, column c adds 10c, and nothing else: Var of 0…7 is 6, of 0…15 is 68/3.
        var image = Enumerable.Range(0, 8 * 16).Select(pixel => (pixel / 16) + (10.0 * (pixel % 16))).ToArray();
        var parts = SpatialVariances.Of(image, 8, 16);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(parts.Row, Is.EqualTo(6).Within(1e-9));
            Assert.That(parts.Column, Is.EqualTo(100 * 68 / 3.0).Within(1e-9));
            Assert.That(parts.Pixel, Is.Zero.Within(1e-9));
            Assert.That(parts.Total, Is.EqualTo(parts.Row + parts.Column).Within(1e-9));
        }
    }

    [Test]
    public void A_site_of_the_mosaic_is_every_second_pixel()
    {
        var mosaic = Enumerable.Range(0, 15).Select(i => (float)i).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(FlatFieldFrames.TakeSite(mosaic, 3, 5, 0, 0), Is.EqualTo(new float[] { 0, 2, 4, 10, 12, 14 }));
            Assert.That(FlatFieldFrames.TakeSite(mosaic, 3, 5, 1, 1), Is.EqualTo(new float[] { 6, 8 }));
            Assert.That(() => FlatFieldFrames.TakeSite(mosaic, 3, 5, 2, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => FlatFieldFrames.TakeSite(mosaic, 4, 5, 0, 0), Throws.ArgumentException.With.Message.Contains("15 values; expected 20"));
        }
    }

    [Test]
    public void Bad_frames_are_refused_with_their_place()
    {
        var frames = new FlatFieldFrames(4, 5);
        var spoilt = new float[20];
        spoilt[13] = float.NaN;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => frames.Add(new float[19]), Throws.ArgumentException.With.Message.Contains("19 values; expected 20 for [4, 5]"));
            Assert.That(() => frames.Add(spoilt), Throws.ArgumentException.With.Message.Contains("NaN at row 2, column 3"));
            Assert.That(() => frames.ToFlatField(0, 0), Throws.InvalidOperationException.With.Message.Contains("at least two frames; this stack has 0"));
            Assert.That(() => new FlatFieldFrames(3, 5), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => FlatFieldFrames.Of([new float[20], new float[20]], 4, 5, -1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }
}
