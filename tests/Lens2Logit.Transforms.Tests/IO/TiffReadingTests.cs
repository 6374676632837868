using System.IO.Compression;
using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using Lens2Logit.IO;

namespace Lens2Logit.Tests.IO;

/// <summary>Every way of storing one sample per pixel that LibTiff writes is read as it was meant.</summary>
public class TiffReadingTests
{
    private const int Height = 37, Width = 43;

    [Test]
    public void Integers_of_8_and_16_bits_are_read_from_strips_and_tiles_in_both_byte_orders(
        [Values(8, 16)] int bits, [Values] bool isTiled, [Values] bool isBigEndian,
        [Values(Compression.NONE, Compression.LZW, Compression.ADOBE_DEFLATE, Compression.DEFLATE, Compression.PACKBITS)] Compression compression)
    {
        var codes = RawFiles.Codes(Height, Width, bits);
        var image = RawReading.Read(LibTiffFiles.Write(RawFiles.Samples(codes, bits / 8), Height, Width, bits, SampleFormat.UINT, compression, isTiled, isBigEndian));
        Assert.That((image.Info.Format, image.Height, image.Width, image.Info.BitDepth), Is.EqualTo((RawImageFormat.Tiff, Height, Width, bits)));
        Assert.That(image.Values, Is.EqualTo(RawFiles.Values(codes, bits)));
        Assert.That(image.Info.Camera, Is.Null);
    }

    [Test]
    public void Differences_of_neighbours_are_undone([Values(8, 16)] int bits, [Values] bool isTiled, [Values(Compression.LZW, Compression.ADOBE_DEFLATE)] Compression compression)
    {
        var codes = RawFiles.Codes(Height, Width, bits);
        var file = LibTiffFiles.Write(RawFiles.Samples(codes, bits / 8), Height, Width, bits, SampleFormat.UINT, compression, isTiled, isBigEndian: false, Predictor.HORIZONTAL);
        Assert.That(RawReading.Read(file).Values, Is.EqualTo(RawFiles.Values(codes, bits)));
    }

    // LibTiff for .NET writes big-endian files with predictors wrongly (those of the C library it reads), so these are made here.
    [Test]
    public void Differences_are_undone_in_both_byte_orders([Values] bool isBigEndian)
    {
        var codes = RawFiles.Codes(Height, Width, 16);
        var differences = codes.Select((code, i) => (ushort)(i % Width == 0 ? code : code - codes[i - 1])).ToArray();
        Assert.That(RawReading.Read(Deflated(RawFiles.Samples(differences, 2, isBigEndian), 16, predictor: 2, isBigEndian)).Values, Is.EqualTo(RawFiles.Values(codes, 16)));
    }

    // Technical note 3 of Adobe Photoshop: bytes of a row by significance, highest first, then byte-wise differences.
    [Test]
    public void The_floating_point_predictor_is_undone([Values] bool isBigEndian)
    {
        var values = RawFiles.Values(RawFiles.Codes(Height, Width, 16), 16);
        var stored = Enumerable.Range(0, Height).SelectMany(y =>
        {
            var row = Enumerable.Range(0, 4).SelectMany(place => values.Skip(y * Width).Take(Width).Select(v => (byte)(BitConverter.SingleToUInt32Bits(v) >> (24 - 8 * place)))).ToArray();
            return row.Select((b, i) => (byte)(i == 0 ? b : b - row[i - 1]));
        });
        Assert.That(RawReading.Read(Deflated([.. stored], 32, predictor: 3, isBigEndian).Shorts(339, 3)).Values, Is.EqualTo(values));
    }

    [Test]
    public void Floating_point_is_taken_as_it_is([Values(32, 64)] int bits, [Values] bool isTiled, [Values] bool isBigEndian,
        [Values(Compression.NONE, Compression.LZW, Compression.ADOBE_DEFLATE)] Compression compression)
    {
        var values = Array.ConvertAll(RawFiles.Codes(Height, Width, 16), code => code / 30000f - 0.1f);
        var bytes = bits == 32 ? MemoryMarshal.AsBytes<float>(values).ToArray() : MemoryMarshal.AsBytes<double>(Array.ConvertAll(values, v => (double)v)).ToArray();
        var image = RawReading.Read(LibTiffFiles.Write(bytes, Height, Width, bits, SampleFormat.IEEEFP, compression, isTiled, isBigEndian));
        Assert.That(image.Info.BitDepth, Is.Zero);
        Assert.That(image.Values, Is.EqualTo(values));
    }

    [Test]
    public void Samples_of_other_depths_are_unpacked([Values(2, 4, 7, 9, 10, 12, 14, 15)] int bits, [Values] bool isBigEndian, [Values(1, 4, int.MaxValue)] int rowsPerStrip)
    {
        var codes = RawFiles.Codes(Height, Width, bits);
        var image = RawReading.Read(TiffBuilder.Image(codes, Height, Width, bits, isBigEndian, rowsPerStrip));
        Assert.That(image.Info.BitDepth, Is.EqualTo(bits));
        Assert.That(image.Values, Is.EqualTo(RawFiles.Values(codes, bits)));
    }

    [Test]
    public void A_camera_given_to_the_reader_describes_the_image()
    {
        var camera = Lens2Logit.Isp.CameraParameters.RawDrone;
        var file = TiffBuilder.Image(RawFiles.Codes(6, 8, 16), 6, 8, 16);
        Assert.That(RawReading.Read(file, new() { Camera = camera }).Info.Camera, Is.EqualTo(camera));
    }

    [Test]
    public void A_file_from_disk_is_read_like_one_in_memory_small_or_large([Values(40, 1500)] int size)
    {
        var codes = RawFiles.Codes(size, size, 16);
        using var folder = new TemporaryFolder();
        var path = folder.File("a.tif");
        File.WriteAllBytes(path, TiffBuilder.Image(codes, size, size, 16, rowsPerStrip: 7).Build());
        Assert.That(RawImageReader.Read(path).Values, Is.EqualTo(RawFiles.Values(codes, 16)));
        var values = new float[size * size];
        Assert.That(RawImageReader.Read(path, values, new(size, size)), Is.EqualTo(RawImageReader.ReadInfo(path)));
        Assert.That(values, Is.EqualTo(RawFiles.Values(codes, 16)));
        Assert.That(() => RawImageReader.Read(path, values, new(size / 2, size * 2)), Throws.InstanceOf<InvalidDataException>()
            .With.Message.Contains(path).And.Message.Contains($"{size}×{size}").And.Message.Contains($"{size / 2}×{size * 2}"));
        Assert.That(() => RawImageReader.Read(path, values, new(1, size)), Throws.ArgumentException.With.Message.Contains($"needs {size}"));
    }

    [Test]
    public void A_small_file_is_read_into_memory_of_the_caller_with_few_allocations()
    {
        const int size = 256;
        using var folder = new TemporaryFolder();
        var path = folder.File("a.tif");
        File.WriteAllBytes(path, TiffBuilder.Image(RawFiles.Codes(size, size, 16), size, size, 16).Build());
        var values = new float[size * size];
        Assert.That(Allocations.OfTwentyCalls(_ => RawImageReader.Read(path, values)), Is.LessThan(20 * 8192));
    }

    [Test]
    public void What_is_no_raw_image_says_why()
    {
        var codes = RawFiles.Codes(6, 8, 16);
        TiffBuilder Image() => TiffBuilder.Image(codes, 6, 8, 16);
        RawReading.Fails([], "neither TIFF");
        RawReading.Fails("GIF89a"u8.ToArray(), "neither TIFF", "RawReadOptions.Layout");
        RawReading.Fails([.. "II"u8, 43, 0, 8, 0, 0, 0, 16, 0], "BigTIFF");
        RawReading.Fails(Image().Shorts(277, 3), "3 samples per pixel", "LoadImages");
        RawReading.Fails(Image().Shorts(262, 2), "PhotometricInterpretation is 2");
        RawReading.Fails(Image().Shorts(259, 6), "Compression is 6");
        RawReading.Fails(Image().Shorts(258, 32), "32 bits");
        RawReading.Fails(Image().Shorts(339, 2), "SampleFormat 2");
        RawReading.Fails(Image().Shorts(266, 2), "FillOrder is 2");
        RawReading.Fails(Image().Without(257), "ImageLength is missing");
        RawReading.Fails(Image().Longs(256, 0), "ImageWidth is 0");
        RawReading.Fails(Image().Build()[..60], "ends at byte 60");
    }

    [Test]
    public void Declared_sizes_are_checked_before_memory_is_taken()
    {
        var codes = RawFiles.Codes(6, 8, 16);
        RawReading.Fails(TiffBuilder.Image(codes, 6, 8, 16).Longs(257, 60000).Longs(278, 60000), "ends at byte");
        RawReading.Fails(new TiffBuilder().Size(30000, 30000, 16).Shorts(259, 8).Longs(278, 30000).Segment(new byte[1000]), "30000×30000", "cannot be enough");
        RawReading.Fails(new TiffBuilder().Size(8, 8, 16).Shorts(259, 8).Tiles(16384, 16384).Segment(new byte[1_000_000]), "tiles are 16384×16384");
        RawReading.Fails(new TiffBuilder().Size(1 << 25, 4, 16).Longs(278, 1).Segment(new byte[100]), "33554432×4");
    }

    [Test]
    public void A_float_that_is_not_finite_is_named_with_its_place()
    {
        var values = new float[48];
        values[19] = float.NaN;
        var file = LibTiffFiles.Write(MemoryMarshal.AsBytes<float>(values).ToArray(), 6, 8, 32, SampleFormat.IEEEFP, Compression.NONE, false, false);
        RawReading.Fails(file, "NaN", "row 2, column 3");
    }

    private static TiffBuilder Deflated(byte[] rows, int bits, ushort predictor, bool isBigEndian)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(rows);
        return new TiffBuilder(isBigEndian).Size(Height, Width, bits).Shorts(259, 8).Shorts(317, predictor).Longs(278, Height).Segment(compressed.ToArray());
    }
}
