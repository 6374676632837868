using System.Runtime.InteropServices;
using Lens2Logit.IO;

namespace Lens2Logit.Tests.IO;

/// <summary>PNG, NPY and files of pixels alone.</summary>
public class PlainFormatTests
{
    private const int Height = 11, Width = 13;

    [Test]
    public void A_grey_png_is_read_with_every_filter([Values(8, 16)] int bits, [Range(0, 4)] int filter)
    {
        var codes = RawFiles.Codes(Height, Width, bits);
        var image = RawReading.Read(RawFiles.Png(codes, Height, Width, bits, (byte)filter));
        Assert.That((image.Info.Format, image.Height, image.Width, image.Info.BitDepth), Is.EqualTo((RawImageFormat.Png, Height, Width, bits)));
        Assert.That(image.Values, Is.EqualTo(RawFiles.Values(codes, bits)));
        Assert.That(RawReading.Read(RawFiles.Png(codes, Height, Width, bits, 0, 1, 2, 3, 4)).Values, Is.EqualTo(image.Values), "filters in turn");
    }

    [Test]
    public void A_png_that_is_no_mosaic_or_damaged_says_so()
    {
        var good = RawFiles.Png(new ushort[Height * Width], Height, Width, 16);
        Refused(25, 2, "RGB of 16 bits", "LoadImages");
        Refused(24, 4, "grey of 4 bits");
        Refused(28, 1, "interlaced");
        Refused(19, Width + 1, "end");
        Refused(19, Width - 1, "more pixels");
        Refused(16, 0x7F, "pixels");
        Refused(18, 0x40, "11×16397", "cannot be enough");
        Refused(^40, (byte)(good[^40] ^ 1), "");
        RawReading.Fails(good[..60], "ends at byte 60");
        RawReading.Fails(RawFiles.Png(new ushort[Height * Width], Height, Width, 16, 7), "filter 7");

        void Refused(Index place, byte value, params string[] words)
        {
            var broken = (byte[])good.Clone();
            broken[place] = value;
            RawReading.Fails(broken, words);
        }
    }

    [TestCase("|u1", 8)]
    [TestCase("<u2", 16)]
    [TestCase(">u2", 16)]
    public void A_numpy_array_of_integers_is_read(string descr, int bits)
    {
        var codes = RawFiles.Codes(Height, Width, bits);
        foreach (byte version in new byte[] { 1, 2, 3 })
        {
            var image = RawReading.Read(RawFiles.Npy(descr, $"{Height}, {Width}", RawFiles.Samples(codes, bits / 8, descr[0] == '>'), version));
            Assert.That((image.Info.Format, image.Height, image.Width, image.Info.BitDepth), Is.EqualTo((RawImageFormat.Npy, Height, Width, bits)));
            Assert.That(image.Values, Is.EqualTo(RawFiles.Values(codes, bits)));
        }
    }

    [Test]
    public void A_numpy_array_of_floats_is_taken_as_it_is()
    {
        var values = RawFiles.Values(RawFiles.Codes(Height, Width, 10), 10);
        var halves = Array.ConvertAll(values, v => (Half)v);
        Assert.That(Read("<f4", MemoryMarshal.AsBytes<float>(values)), Is.EqualTo(values));
        Assert.That(Read("<f8", MemoryMarshal.AsBytes<double>(Array.ConvertAll(values, v => (double)v))), Is.EqualTo(values));
        Assert.That(Read("<f2", MemoryMarshal.AsBytes<Half>(halves)), Is.EqualTo(Array.ConvertAll(halves, h => (float)h)));

        static float[] Read(string descr, ReadOnlySpan<byte> data) => RawReading.Read(RawFiles.Npy(descr, $"{Height}, {Width}", data.ToArray())).Values;
    }

    [Test]
    public void A_numpy_array_that_is_no_image_says_so()
    {
        var data = new byte[Height * Width * 2];
        RawReading.Fails(RawFiles.Npy("<i4", "11, 13", data), "type '<i4'");
        RawReading.Fails(RawFiles.Npy("<u2", "3, 11, 13", data), "shape (3, 11, 13)", "[H, W]");
        RawReading.Fails(RawFiles.Npy("<u2", "11, 13", data, fortran: true), "Fortran", "ascontiguousarray");
        RawReading.Fails(RawFiles.Npy("<u2", "50000, 40000", data), "4000000");
        RawReading.Fails(RawFiles.Npy("<u2", "11, 13", data)[..^1], "cut short");
        RawReading.Fails(RawFiles.Npy("<u2", "11, 13", data, version: 9), "version 9");
    }

    [Test]
    public void Pixels_alone_are_read_in_the_layout_given([Values(8, 12, 16)] int bits, [Values] bool isBigEndian, [Values(0, 5)] int offset)
    {
        var codes = RawFiles.Codes(Height, Width, bits);
        byte[] file = [.. new byte[offset], .. RawFiles.Samples(codes, bits > 8 ? 2 : 1, isBigEndian)];
        var layout = new RawLayout(Height, Width) { BitDepth = bits, BigEndian = isBigEndian, Offset = offset };
        var image = RawReading.Read(file, new() { Layout = layout });
        Assert.That((image.Info.Format, image.Info.BitDepth), Is.EqualTo((RawImageFormat.Headerless, bits)));
        Assert.That(image.Values, Is.EqualTo(RawFiles.Values(codes, bits)));
    }

    [Test]
    public void A_layout_that_does_not_fit_the_file_is_an_error()
    {
        var file = RawFiles.Samples(RawFiles.Codes(Height, Width, 12), 2);
        Assert.That(() => RawReading.Read(file, new() { Layout = new(Height, Width + 1) }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("286 bytes").And.Message.Contains("308"));
        Assert.That(() => RawReading.Read(file, new() { Layout = new(Height, Width) { BitDepth = 12, BigEndian = true } }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("more than 12 bits"));
        Assert.That(() => RawImageReader.Read("x", new() { Layout = new(0, 4) }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Height"));
        Assert.That(() => RawImageReader.Read("x", new() { Layout = new(4, 4) { BitDepth = 17 } }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("BitDepth"));
    }

    [Test]
    public void A_known_signature_wins_over_a_layout() =>
        Assert.That(RawReading.Read(RawFiles.Png(RawFiles.Codes(4, 4, 8), 4, 4, 8), new() { Layout = new(9, 9) }).Info.Format, Is.EqualTo(RawImageFormat.Png));
}
