using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using Lens2Logit.IO;

namespace Lens2Logit.Tests.IO;

/// <summary>
/// Files that are damaged at random, reproducibly, are read or refused with an <see cref="InvalidDataException"/>: no other exception, no
/// hang, no memory beyond four times the declared image. The environment variable LENS2LOGIT_MUTATIONS asks for more of them than the
/// 5,000 of every test run.
/// </summary>
public class RawMutationTests
{
    private const int DefaultCount = 5000;

    // A declared image has four bytes a pixel, as it will have in memory. The fixed part is for the tables of the codecs and small buffers.
    private const long FixedBytes = 1 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [Test]
    public void Damaged_files_are_read_or_refused_in_time_and_memory()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("LENS2LOGIT_MUTATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out int more) ? more : DefaultCount;
        var seeds = Seeds(24, 20).ToArray();
        foreach (var (name, bytes, options) in seeds)
            Assert.That(() => RawReading.Read(bytes, options), Throws.Nothing, $"{name}, undamaged");

        var run = new Run(seeds);
        var work = Task.Run(() => run.Go(count));
        while (!work.Wait(1000))
        {
            if (run.CurrentTime > Longest)
                Assert.Fail($"{run.Current} takes more than {Longest.TotalSeconds} s.");
        }
        TestContext.Out.WriteLine(run.Report());
        Assert.That(run.Failures, Is.Empty);
        Assert.That(run.ReadCount, Is.GreaterThan(count / 50), "mutations of pixels alone are readable; if hardly any is, the test shows little");
        Assert.That(run.RefusedCount, Is.GreaterThan(count / 10));
    }

    [Test]
    public void Good_files_take_no_more_memory_either()
    {
        const int height = 700, width = 500;
        foreach (var (name, bytes, options) in Seeds(height, width))
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            RawReading.Read(bytes, options);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4L * 4 * height * width + FixedBytes), name);
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes, RawReadOptions? Options)> Seeds(int height, int width)
    {
        var codes = RawFiles.Codes(height, width, 16);
        var floats = MemoryMarshal.AsBytes<float>(RawFiles.Values(codes, 16)).ToArray();
        foreach (var compression in new[] { Compression.NONE, Compression.LZW, Compression.ADOBE_DEFLATE, Compression.PACKBITS })
        {
            yield return ($"TIFF {compression} strips", Write(RawFiles.Samples(codes, 2), 16, SampleFormat.UINT, compression, false, false), null);
            yield return ($"TIFF {compression} tiles, big-endian", Write(RawFiles.Samples(codes, 2), 16, SampleFormat.UINT, compression, true, true), null);
            yield return ($"TIFF {compression} 8 bits", Write(RawFiles.Samples(RawFiles.Codes(height, width, 8), 1), 8, SampleFormat.UINT, compression, false, false), null);
        }
        yield return ("TIFF LZW predictor", LibTiffFiles.Write(RawFiles.Samples(codes, 2), height, width, 16, SampleFormat.UINT, Compression.LZW, false, false, Predictor.HORIZONTAL), null);
        yield return ("TIFF float", Write(floats, 32, SampleFormat.IEEEFP, Compression.NONE, false, false), null);
        yield return ("TIFF float Deflate", Write(floats, 32, SampleFormat.IEEEFP, Compression.ADOBE_DEFLATE, true, false), null);
        yield return ("TIFF 12 bits", TiffBuilder.Image(RawFiles.Codes(height, width, 12), height, width, 12, rowsPerStrip: 5).Build(), null);
        foreach (bool isBigEndian in new[] { false, true })
            yield return ("DNG", WithAllTags(TiffBuilder.Dng(RawFiles.Codes(height, width, 14), height, width, 14, [0, 1, 1, 2], isBigEndian), height, width), null);
        yield return ("DNG lossless JPEG", WithAllTags(JpegDng(codes, height, width), height, width), null);
        yield return ("DNG below a preview", new TiffBuilder().Longs(254, 1).Size(4, 4, 8).Longs(278, 4).Segment(new byte[16]).Camera()
            .SubDirectory(TiffBuilder.Image(codes, height, width, 16).Mosaic([1, 2, 0, 1])).Build(), null);
        yield return ("PNG 16 bits", RawFiles.Png(codes, height, width, 16, 0, 1, 2, 3, 4), null);
        yield return ("PNG 8 bits", RawFiles.Png(RawFiles.Codes(height, width, 8), height, width, 8, 4), null);
        yield return ("NPY", RawFiles.Npy("<u2", $"{height}, {width}", RawFiles.Samples(codes, 2)), null);
        yield return ("NPY float", RawFiles.Npy("<f4", $"{height}, {width}", floats, version: 2), null);
        yield return ("headerless", RawFiles.Samples(RawFiles.Codes(height, width, 12), 2), new() { Layout = new(height, width) { BitDepth = 12 } });

        byte[] Write(byte[] rows, int bits, SampleFormat kind, Compression compression, bool isTiled, bool isBigEndian) =>
            LibTiffFiles.Write(rows, height, width, bits, kind, compression, isTiled, isBigEndian);
    }

    private static byte[] WithAllTags(TiffBuilder dng, int height, int width) => dng.Longs(50829, 2, 1, (uint)height - 2, (uint)width - 1).Shorts(50713, 4, 2).Shorts(50714, 1, 2, 3, 4, 5, 6, 7, 8).Longs(50717, 15000)
        .Rationals(50715, new double[width - 2]).Rationals(50716, new double[height - 4]).Rationals(50722, TiffBuilder.XyzToSrgb).Shorts(50779, 17)
        .Rationals(50723, 1, 0, 0, 0, 1, 0, 0, 0, 1).Rationals(50727, 1, 1, 1).Rationals(50964, TiffBuilder.XyzToSrgb).Doubles(51041, 1e-4, 1e-6).Shorts(274, 6)
        .Shorts(50712, [.. Enumerable.Range(0, 256).Select(i => (ushort)(i * 60))]).Build();

    private static TiffBuilder JpegDng(ushort[] codes, int height, int width)
    {
        int size = Math.Max(12, height / 60 * 12);
        var dng = new TiffBuilder().Size(height, width, 16).Mosaic([2, 1, 1, 0]).Camera().Shorts(259, 7).Tiles(size, size);
        for (int top = 0; top < height; top += size)
        {
            for (int left = 0; left < width; left += size)
            {
                ushort[] tile = [.. from y in Enumerable.Range(top, size) from x in Enumerable.Range(left, size) select codes[Math.Min(y, height - 1) * width + Math.Min(x, width - 1)]];
                dng.Segment(LosslessJpegEncoder.Encode(tile, size, size / 2, 2, 16, predictor: 1 + (top + left) / size % 7, restartRows: 4));
            }
        }
        return dng;
    }

    /// <summary>One series of mutations, and what came of it.</summary>
    private sealed class Run((string Name, byte[] Bytes, RawReadOptions? Options)[] seeds)
    {
        private static readonly byte[][] Extremes = [[0], [255], [127], [128], [0, 0, 0, 0], [255, 255, 255, 255], [0, 0, 0, 128], [255, 255, 255, 127], [0, 0], [255, 255], [0, 16, 0, 0], [1, 0, 0, 0]];

        private readonly ConcurrentDictionary<string, (int Read, int Refused)> _outcomes = [];
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private TimeSpan _began, _slowest;
        private string _slowestName = "", _hungriestName = "none", _mostName = "";
        private double _hungriest;
        private long _most;

        public string Current { get; private set; } = "";

        public TimeSpan CurrentTime => _clock.Elapsed - _began;

        public List<string> Failures { get; } = [];

        public int ReadCount => _outcomes.Values.Sum(o => o.Read);

        public int RefusedCount => _outcomes.Values.Sum(o => o.Refused);

        public void Go(int count)
        {
            for (int i = 0; i < count && Failures.Count < 10; i++)
            {
                var (name, original, options) = seeds[i % seeds.Length];
                var random = new Random(i);
                var bytes = Mutate(original, seeds[random.Next(seeds.Length)].Bytes, random);
                Current = $"mutation {i} ({name})";
                _began = _clock.Elapsed;
                Try(name, bytes, options);
                if (CurrentTime > _slowest)
                    (_slowest, _slowestName) = (CurrentTime, Current);
            }
        }

        public string Report() => string.Create(CultureInfo.InvariantCulture, $"""
            {ReadCount + RefusedCount} files: {ReadCount} read, {RefusedCount} refused, {Failures.Count} failures, in {_clock.Elapsed.TotalSeconds:F0} s.
            Slowest: {_slowestName}, {_slowest.TotalMilliseconds:F0} ms. Most memory: {_most >> 10} KiB ({_mostName}); of large images, beyond the fixed
            {FixedBytes >> 20} MiB: {_hungriest:F2} times the declared image ({_hungriestName}).
            {string.Join("; ", _outcomes.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{o.Key}: {o.Value.Read}/{o.Value.Refused}"))}
            """);

        private void Try(string name, byte[] bytes, RawReadOptions? options)
        {
            long declared = 0, before = GC.GetAllocatedBytesForCurrentThread();
            bool isRead = false;
            try
            {
                using (var source = new ByteSource(bytes, "test.raw"))
                    declared = 4L * RawFile.Open(source, options ?? new()).Info.Pixels;
                RawReading.Read(bytes, options);
                isRead = true;
            }
            catch (InvalidDataException e)
            {
                if (e.Message.Length == 0)
                    Failures.Add($"{Current}: no message");
            }
            catch (Exception e)
            {
                Failures.Add($"{Current}: {e.GetType().Name}: {e.Message} {e.StackTrace}");
            }
            // All that was allocated, also what was let go again: no less than the most that was held at once.
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > _most)
                (_most, _mostName) = (allocated, $"{Current}, declared {declared >> 10} KiB");
            if (declared > 0 && (allocated - FixedBytes) / (double)declared is var times && times > _hungriest)
                (_hungriest, _hungriestName) = (times, Current);
            if (allocated > 4 * declared + FixedBytes)
                Failures.Add($"{Current}: {allocated} bytes for a declared image of {declared}");
            _outcomes.AddOrUpdate(name, (isRead ? 1 : 0, isRead ? 0 : 1), (_, o) => (o.Read + (isRead ? 1 : 0), o.Refused + (isRead ? 0 : 1)));
        }

        private static byte[] Mutate(byte[] original, byte[] other, Random random)
        {
            var bytes = original.ToList();
            for (int changes = 1 << random.Next(4); changes > 0; changes--)
            {
                // Half of the changes hit the first or last tenth, where headers and directories are.
                int place = random.Next(4) switch { 0 => random.Next(bytes.Count / 10 + 1), 1 => bytes.Count - 1 - random.Next(bytes.Count / 10 + 1), _ => random.Next(bytes.Count) };
                place = Math.Clamp(place, 0, bytes.Count - 1);
                int length = Math.Min(1 << random.Next(8), bytes.Count - place);
                switch (random.Next(8))
                {
                    case 0 or 1:
                        bytes[place] ^= (byte)(1 << random.Next(8));
                        break;
                    case 2 or 3:
                        bytes[place] = (byte)random.Next(256);
                        break;
                    case 4 or 5:
                        var extreme = Extremes[random.Next(Extremes.Length)];
                        for (int i = 0; i < extreme.Length && place + i < bytes.Count; i++)
                            bytes[place + i] = extreme[i];
                        break;
                    case 6 when bytes.Count - length > 8:
                        bytes.RemoveRange(place, length);
                        break;
                    default:
                        int from = random.Next(other.Length);
                        bytes.InsertRange(place, other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray());
                        break;
                }
            }
            return [.. bytes];
        }
    }
}
