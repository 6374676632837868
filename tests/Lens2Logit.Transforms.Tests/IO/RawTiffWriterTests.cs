using Lens2Logit.IO;

namespace Lens2Logit.Tests.IO;

public class RawTiffWriterTests
{
    [Test]
    public void Every_digital_number_comes_back()
    {
        ushort[] values = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];
        using var folder = new TemporaryFolder();
        RawTiffWriter.Write(folder.File("a.tif"), values, 128, 512);
        var image = RawImageReader.Read(folder.File("a.tif"));
        Assert.That((image.Height, image.Width, image.Info.BitDepth), Is.EqualTo((128, 512, 16)));
        Assert.That(image.Values.Select(v => (ushort)MathF.Round(65535 * v)), Is.EqualTo(values));
    }

    [Test]
    public void A_size_that_does_not_fit_is_named()
    {
        Assert.That(() => RawTiffWriter.Write("x.tif", new ushort[5], 2, 3), Throws.ArgumentException.With.Message.Contains("5 values").And.Message.Contains("[2, 3]"));
        Assert.That(() => RawTiffWriter.Write("x.tif", [], 0, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
