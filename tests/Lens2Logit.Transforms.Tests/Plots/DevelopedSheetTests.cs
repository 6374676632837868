using Lens2Logit.IO;
using Lens2Logit.Plots;
using Lens2Logit.Tests.IO;
using SkiaSharp;

namespace Lens2Logit.Tests.Plots;

public class DevelopedSheetTests
{
    [Test]
    public void A_small_picture_is_the_mean_of_squares_of_the_developed_one()
    {
        using var folder = new TemporaryFolder();
        const int height = 70, width = 90;
        var path = folder.File("a.dng");
        File.WriteAllBytes(path, TiffBuilder.Dng(RawFiles.Codes(height, width, 14), height, width, 14, [1, 0, 2, 1]).Build());
        var raw = RawImageReader.Read(path);
        var picture = SheetImage.Develop(raw, 30, "a");
        Assert.That((picture.Height, picture.Width, picture.Caption), Is.EqualTo((23, 30, "a")));
        var view = raw.Develop();
        var square = from y in Enumerable.Range(9, 3) from x in Enumerable.Range(21, 3) select view[(2 * height + y) * width + x];
        Assert.That(picture.Pixels.Span[(2 * 23 + 3) * 30 + 7], Is.EqualTo(square.Average()).Within(1e-6f));
        Assert.That(SheetImage.Develop(raw, 90).Pixels.ToArray(), Is.EqualTo(view), "no larger than asked for");

        new ContactSheet { CellSize = 32, Rows = [new("", [picture, picture])] }.Save(folder.File("sheet.png"));
        using var sheet = SKBitmap.Decode(folder.File("sheet.png"));
        Assert.That(sheet.Width, Is.GreaterThan(64));
    }

    [Test]
    public void A_long_strip_keeps_a_row_of_pixels()
    {
        var raw = RawReading.Read(TiffBuilder.Dng(RawFiles.Codes(4, 100, 14), 4, 100, 14, [0, 1, 1, 2]));
        var picture = SheetImage.Develop(raw, 16);
        Assert.That((picture.Height, picture.Width), Is.EqualTo((1, 14)));
        var view = raw.Develop();
        var first = from y in Enumerable.Range(0, 4) from x in Enumerable.Range(0, 7) select view[y * 100 + x];
        Assert.That(picture.Pixels.Span[0], Is.EqualTo(first.Average()).Within(1e-6f));
    }

    [Test]
    public void A_picture_that_cannot_be_developed_says_why()
    {
        var plain = TiffBuilder.Image(RawFiles.Codes(8, 8, 16), 8, 8, 16).Build();
        using var source = new ByteSource(plain, "plain.tif");
        var raw = RawImageReader.Read(source, null);
        Assert.That(() => SheetImage.Develop(raw, 32), Throws.InvalidOperationException.With.Message.Contains("RawReadOptions.Camera"));
        Assert.That(() => SheetImage.Develop(raw, 8), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
