using Lens2Logit.IO.Tiff;

namespace Lens2Logit.Tests.IO;

/// <summary>Lossless JPEG (ITU-T T.81, process 14) comes back bit by bit, or is refused.</summary>
public class LosslessJpegTests
{
    private const int Height = 29, Width = 37;

    [Test]
    public void Every_predictor_restores_every_sample([Range(1, 7)] int predictor, [Values(1, 2, 3, 4)] int components, [Values(8, 12, 14, 16)] int precision, [Values(0, 4)] int restartRows)
    {
        var samples = RawFiles.Codes(Height, Width * components, precision);
        Assert.That(Decode(LosslessJpegEncoder.Encode(samples, Height, Width, components, precision, predictor, restartRows)), Is.EqualTo(samples));
    }

    [Test]
    public void Differences_of_all_lengths_are_decoded_up_to_the_largest()
    {
        var random = new Random(3);
        var samples = Enumerable.Range(0, Height * Width).Select(i => (ushort)(i % 3 == 0 ? random.Next(65536) : i % 3 == 1 ? 0 : 32768)).ToArray();
        Assert.That(Decode(LosslessJpegEncoder.Encode(samples, Height, Width, 1, 16)), Is.EqualTo(samples));
    }

    [Test]
    public void Data_that_ends_early_is_an_error_wherever_it_ends()
    {
        var file = LosslessJpegEncoder.Encode(RawFiles.Codes(Height, Width, 12), Height, Width, 1, 12, predictor: 6, restartRows: 5);
        for (int length = 0; length < file.Length - 4; length++)
            Assert.That(() => Decode(file[..length]), Throws.InstanceOf<InvalidDataException>(), $"{length} of {file.Length} bytes");
    }

    [Test]
    public void Other_kinds_of_jpeg_and_broken_headers_say_what_they_are()
    {
        var good = LosslessJpegEncoder.Encode(RawFiles.Codes(Height, Width, 12), Height, Width, 1, 12);
        int frame = good.AsSpan().IndexOf([(byte)0xFF, (byte)0xC3]), scan = good.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
        Refused(frame + 1, 0xC0, "SOF0");
        Refused(frame + 4, 17, "17 bits");
        Refused(frame + 11, 0x22, "subsampled");
        Refused(scan + 7, 0, "predictor 0");
        Refused(scan + 9, 1, "point transform of 1");
        Refused(scan + 6, 0x10, "no Huffman table 1");
        Assert.That(() => Decode(new byte[40]), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("does not begin"));
        // All counts of code lengths are zero: a table without codes.
        var empty = (byte[])good.Clone();
        empty.AsSpan(2 + 5, 16).Clear();
        Assert.That(() => Decode(empty), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Huffman table"));

        void Refused(int place, byte value, string words)
        {
            var broken = (byte[])good.Clone();
            broken[place] = value;
            Assert.That(() => Decode(broken), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(words));
        }
    }

    private static ushort[] Decode(byte[] file)
    {
        var decoder = new LosslessJpegDecoder(file);
        var samples = new ushort[decoder.Height * decoder.RowLength];
        for (int row = 0; row < decoder.Height; row++)
            decoder.NextRow().CopyTo(samples.AsSpan(row * decoder.RowLength));
        return samples;
    }
}
