using Lens2Logit.IO;
using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.IO;

/// <summary>What a DNG says of its pixels is applied as the DNG specification 1.4 says (chapters 4 and 5).</summary>
public class DngReadingTests
{
    private const int Height = 12, Width = 16;

    private static readonly byte[] Rggb = [0, 1, 1, 2];

    [Test]
    public void The_bayer_pattern_is_read([BayerPatterns] CfaPattern pattern, [Values] bool isBigEndian)
    {
        var image = RawReading.Read(TiffBuilder.Dng(RawFiles.Codes(Height, Width, 14), Height, Width, 14, pattern.Cell().ToArray(), isBigEndian));
        Assert.That((image.Info.Format, image.Info.BitDepth, image.Info.Camera!.Cfa, image.Info.Camera.Name), Is.EqualTo((RawImageFormat.Dng, 14, pattern, "Test camera")));
        Assert.That(image.Values, Is.EqualTo(RawFiles.Values(RawFiles.Codes(Height, Width, 14), 14)));
        Assert.That((image.Info.Camera.BlackLevel, image.Info.Camera.WhiteLevel), Is.EqualTo((new double[4], 1.0)));
    }

    [Test]
    public void Black_and_white_levels_are_in_raw_units_per_position()
    {
        var camera = Read(Dng(14).Shorts(50713, 2, 2).Rationals(50714, 256, 258, 260, 262).Longs(50717, 15000)).Info.Camera!;
        Assert.That(camera.BlackLevel, Is.EqualTo(new[] { 256, 258, 260, 262 }.Select(b => b / 16383.0)));
        Assert.That(camera.WhiteLevel, Is.EqualTo(15000 / 16383.0));
        Assert.That(Read(Dng(14).Longs(50714, 600)).Info.Camera!.BlackLevel, Is.EqualTo(Enumerable.Repeat(600 / 16383.0, 4)), "one for all");
        Assert.That(Read(Dng(14).Shorts(50713, 1, 2).Shorts(50714, 10, 20)).Info.Camera!.BlackLevel, Is.EqualTo(new[] { 10, 20, 10, 20 }.Select(b => b / 16383.0)), "columns alternate");
    }

    [Test]
    public void Black_levels_beyond_the_cell_are_subtracted_by_the_reader()
    {
        var codes = RawFiles.Codes(Height, Width, 14);
        uint[] pattern = [.. Enumerable.Range(0, 16).Select(i => (uint)(100 + i))];
        double[] ofColumns = [.. Enumerable.Range(0, Width).Select(x => x * 0.5)], ofRows = [.. Enumerable.Range(0, Height).Select(y => y * 0.25)];
        var image = Read(TiffBuilder.Dng(codes, Height, Width, 14, Rggb).Shorts(50713, 4, 4).Longs(50714, pattern).Rationals(50715, ofColumns).Rationals(50716, ofRows));
        for (int i = 0; i < codes.Length; i++)
        {
            int y = i / Width, x = i % Width;
            double black = pattern[y % 4 * 4 + x % 4] + ofColumns[x] + ofRows[y];
            double left = image.Values[i] - image.Info.Camera!.BlackLevel[(y & 1) * 2 + (x & 1)];
            Assert.That(left, Is.EqualTo((codes[i] - black) / 16383).Within(1e-6));
        }
    }

    [Test]
    public void The_linearisation_table_is_applied_and_its_last_value_holds_for_all_codes_beyond()
    {
        ushort[] codes = [0, 1, 2, 3, 200, 255, 2, 1, .. new ushort[Height * Width - 8]];
        var image = Read(TiffBuilder.Dng(codes, Height, Width, 8, Rggb).Shorts(50712, 0, 100, 400, 900).Longs(50717, 900));
        Assert.That(image.Info.BitDepth, Is.EqualTo(10));
        Assert.That(image.Values.Take(8), Is.EqualTo(new float[] { 0, 100, 400, 900, 900, 900, 400, 100 }.Select(v => v / 1023)));
        Assert.That(image.Info.Camera!.WhiteLevel, Is.EqualTo(900 / 1023.0));
    }

    [Test]
    public void Compressed_samples_of_more_bits_than_declared_are_refused([Values] bool isLinearised)
    {
        var codes = RawFiles.Codes(Height, Width, 12);
        codes[5 * Width + 3] = 40_000;
        var dng = new TiffBuilder().Size(Height, Width, 12).Mosaic(Rggb).Camera().Shorts(259, 7).Longs(278, Height)
            .Segment(LosslessJpegEncoder.Encode(codes, Height, Width, 1, 12));
        RawReading.Fails(isLinearised ? dng.Shorts(50712, 0, 100, 400, 900) : dng, "row 5 holds samples of more than 12 bits");
    }

    [Test]
    public void Only_the_active_area_is_delivered_and_patterns_begin_there([Values] bool isTiled)
    {
        var codes = RawFiles.Codes(Height, Width, 16);
        var dng = isTiled ? Tiled(codes) : TiffBuilder.Dng(codes, Height, Width, 16, Rggb);
        var image = Read(dng.Longs(50829, 3, 1, 11, 14).Shorts(50713, 2, 2).Shorts(50714, 1, 2, 3, 4));
        Assert.That((image.Height, image.Width, image.Info.Camera!.Cfa), Is.EqualTo((8, 13, CfaPattern.Rggb)));
        Assert.That(image.Info.Camera.BlackLevel, Is.EqualTo(new[] { 1, 2, 3, 4 }.Select(b => b / 65535.0)));
        Assert.That(image.Values, Is.EqualTo(RawFiles.Values([.. from y in Enumerable.Range(3, 8) from x in Enumerable.Range(1, 13) select codes[y * Width + x]], 16)));
    }

    [Test]
    public void The_image_is_turned_with_its_pattern_and_black_levels([Range(1, 8)] int orientation, [BayerPatterns] CfaPattern pattern)
    {
        const int rows = 5, columns = 6;
        // Each pixel's code says which colour it has and where it lies.
        ushort[] codes = [.. from y in Enumerable.Range(0, rows) from x in Enumerable.Range(0, columns) select (ushort)(pattern.ChannelAt(y, x) * 1000 + (y & 1) * 200 + (x & 1) * 100 + y * columns + x)];
        var dng = TiffBuilder.Dng(codes, rows, columns, 16, pattern.Cell().ToArray()).Shorts(274, (ushort)orientation).Shorts(50713, 2, 2).Shorts(50714, 10, 20, 30, 40);
        var image = Read(dng);
        Assert.That((image.Height, image.Width, (int)image.Info.Orientation), Is.EqualTo((orientation > 4 ? columns : rows, orientation > 4 ? rows : columns, orientation)));
        for (int i = 0; i < image.Values.Length; i++)
        {
            int y = i / image.Width, x = i % image.Width, code = (int)Math.Round(image.Values[i] * 65535), position = (y & 1) * 2 + (x & 1);
            Assert.That(image.Info.Camera!.Cfa.ChannelAt(y, x), Is.EqualTo(code / 1000), "colour");
            Assert.That(Math.Round(image.Info.Camera.BlackLevel[position] * 65535), Is.EqualTo(10 + 20 * (code % 1000 / 200) + 10 * (code % 200 / 100)), "black level");
        }
        // Where TIFF 6.0 says that the first stored row and column go.
        var corner = orientation switch { 1 or 5 => 0, 2 or 6 => image.Width - 1, 3 or 7 => image.Values.Length - 1, _ => image.Values.Length - image.Width };
        Assert.That(Math.Round(image.Values[corner] * 65535), Is.EqualTo(codes[0]), "first pixel");
        int second = corner + orientation switch { 1 or 4 => 1, 2 or 3 => -1, 5 or 6 => image.Width, _ => -image.Width };
        Assert.That(Math.Round(image.Values[second] * 65535), Is.EqualTo(codes[1]), "second pixel of the first row");

        var stored = RawReading.Read(dng, new() { ApplyOrientation = false });
        Assert.That(stored.Values, Is.EqualTo(RawFiles.Values(codes, 16)));
        Assert.That((stored.Info.Camera!.Cfa, (int)stored.Info.Orientation), Is.EqualTo((pattern, orientation)));
    }

    [Test]
    public void Lossless_jpeg_is_read_whatever_the_shape_of_its_frame([Values(1, 2)] int components, [Values(1, 2)] int rowsAsOne, [Values] bool isTiled)
    {
        var codes = RawFiles.Codes(Height, Width, 14);
        int height = isTiled ? Height / 2 : Height, width = isTiled ? Width / 2 : Width;
        var dng = new TiffBuilder().Size(Height, Width, 14).Mosaic(Rggb).Camera().Shorts(259, 7).Longs(278, Height);
        if (isTiled)
            dng.Tiles(height, width);
        for (int top = 0; top < Height; top += height)
        {
            for (int left = 0; left < Width; left += width)
            {
                ushort[] tile = [.. from y in Enumerable.Range(top, height) from x in Enumerable.Range(left, width) select codes[y * Width + x]];
                dng.Segment(LosslessJpegEncoder.Encode(tile, height / rowsAsOne, width * rowsAsOne / components, components, 14));
            }
        }
        Assert.That(Read(dng).Values, Is.EqualTo(RawFiles.Values(codes, 14)));
    }

    [Test]
    public void The_raw_image_is_found_below_a_preview()
    {
        var codes = RawFiles.Codes(Height, Width, 16);
        var preview = new TiffBuilder().Longs(254, 1).Size(4, 4, 8).Shorts(262, 2).Shorts(277, 3).Longs(278, 4).Segment(new byte[48]).Camera();
        var image = Read(preview.SubDirectory(TiffBuilder.Image(codes, Height, Width, 16).Mosaic(Rggb).Shorts(50714, 100)));
        Assert.That(image.Values, Is.EqualTo(RawFiles.Values(codes, 16)));
        Assert.That((image.Info.Camera!.Name, image.Info.Camera.BlackLevel[0]), Is.EqualTo(("Test camera", 100 / 65535.0)));
    }

    [Test]
    public void The_noise_profile_is_read_for_all_colours_or_each()
    {
        Assert.That(Read(Dng(14).Doubles(51041, 2e-4, 1e-6)).Info.NoiseProfile, Is.EqualTo(new[] { new NoiseProfile(2e-4, 1e-6) }));
        var each = Read(Dng(14).Doubles(51041, 1e-4, 1e-6, 2e-4, 2e-6, 3e-4, 3e-6)).Info.NoiseProfile;
        Assert.That(each, Is.EqualTo(new[] { new NoiseProfile(1e-4, 1e-6), new(2e-4, 2e-6), new(3e-4, 3e-6) }));
        Assert.That(each[2].StandardDeviation(0.5), Is.EqualTo(Math.Sqrt(3e-4 * 0.5 + 3e-6)));
        Assert.That(Read(Dng(14)).Info.NoiseProfile, Is.Empty);
    }

    [Test]
    public void A_monochrome_camera_has_no_colour()
    {
        var image = Read(Dng(14).Shorts(262, 34892).Without(33421).Without(33422).Shorts(50714, 64));
        Assert.That((image.Info.Camera!.Cfa, image.Info.Camera.BlackLevel[0]), Is.EqualTo((CfaPattern.Monochrome, 64 / 16383.0)));
    }

    [Test]
    public void Linear_reference_values_follow_chapter_5()
    {
        ushort[] codes = [50, 100, 550, 1000, 1200, .. new ushort[Height * Width - 5]];
        var linear = Read(TiffBuilder.Dng(codes, Height, Width, 16, Rggb).Shorts(50714, 100).Longs(50717, 1000)).ToLinearReference();
        Assert.That(linear.Take(5), Is.EqualTo(new[] { 0, 0, 0.5f, 1, 1 }).Within(1e-6f));
    }

    [Test]
    public void What_cannot_be_a_dng_says_why()
    {
        Fails(Dng(14).Longs(50829, 0, 0, 13, 16), "ActiveArea, rows 0 to 13");
        Fails(Dng(14).Longs(50714, 16383), "white must be above black");
        Fails(Dng(14).Shorts(50713, 0, 2), "BlackLevelRepeatDim is 0×2");
        Fails(Dng(14).Shorts(50713, 2, 2).Shorts(50714, 1, 2), "BlackLevel has 2 values");
        Fails(Dng(14).Bytes(33422, 0, 1, 2, 2), "CFAPattern is 0 1 2 2");
        Fails(Dng(14).Shorts(33421, 6, 6), "6×6");
        Fails(Dng(14).Shorts(50711, 2), "CFALayout is 2");
        Fails(Dng(14).Shorts(262, 2), "without a raw image");
        Fails(Dng(14).Without(50721), "ColorMatrix1");
        Fails(Dng(14).Rationals(50721, new double[9]), "no inverse");
        Fails(Dng(14).Rationals(50728, 0, 1, 1), "AsShotNeutral is not positive");
        Fails(Dng(14).Rationals(50728, 1, 1), "AsShotNeutral has 2 values");
        Fails(Dng(14).Shorts(259, 34892), "Compression is 34892");
        Fails(Dng(14).Doubles(51041, 1, 2, 3), "NoiseProfile has 3 values");

        static void Fails(TiffBuilder file, string words) => RawReading.Fails(file, words);
    }

    private static TiffBuilder Dng(int bits) => TiffBuilder.Dng(RawFiles.Codes(Height, Width, bits), Height, Width, bits, Rggb);

    private static TiffBuilder Tiled(ushort[] codes)
    {
        const int size = 8;
        var dng = new TiffBuilder().Size(Height, Width, 16).Mosaic(Rggb).Camera().Tiles(size, size);
        for (int top = 0; top < Height; top += size)
        {
            for (int left = 0; left < Width; left += size)
            {
                dng.Segment(RawFiles.Samples([.. from y in Enumerable.Range(top, size) from x in Enumerable.Range(left, size) select y < Height && x < Width ? codes[y * Width + x] : (ushort)0], 2));
            }
        }
        return dng;
    }

    private static RawImage Read(TiffBuilder file) => RawReading.Read(file);
}
