using System.Runtime.InteropServices;
using Lens2Logit.IO;
using Lens2Logit.Tests;
using Microsoft.ML;

namespace Lens2Logit.Benchmarks;

/// <summary>What raw files cost beyond their bytes.</summary>
public sealed class IoSuite : Suite
{
    private const int Size = 256, Files = 32, LargeHeight = 3648, LargeWidth = 5472;
    private const double Megapixels = LargeHeight * LargeWidth / 1e6;
    private const string ReadBytes = "File.ReadAllBytes, 256² TIFF of 16 bits", Convert = "bytes in memory to float, 20 Mpx of 16 bits";

    /// <inheritdoc/>
    public override string Name => "io";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } =
    [
        $"Small files: {Files} uncompressed TIFFs of {Size}×{Size}, in the page cache; one pass over all of them, the column through a cursor.",
        $"Large file: an uncompressed DNG of {LargeHeight}×{LargeWidth}, in the page cache, read into existing memory, opening included. Compared with a plain loop that "
            + "makes floats of the same samples, which are in memory already.",
        "Targets: a third of the rate of File.ReadAllBytes; half the rate of the loop.",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TimedCase> Cases { get; } =
    [
        new(ReadBytes, "files/s", Files, () => Small(folder => () =>
        {
            foreach (var path in folder.Paths)
                File.ReadAllBytes(path);
        })),
        new("LoadRawImages, 256² TIFF of 16 bits", "files/s", Files, () => Small(ThroughCursor)) { ComparedWith = ReadBytes, Target = 1.0 / 3 },
        new(Convert, "Mpx/s", Megapixels, ConvertInMemory),
        new("RawImageReader, 20 Mpx DNG of 16 bits", "Mpx/s", Megapixels, () => Large(16)) { ComparedWith = Convert, Target = 0.5 },
        new("RawImageReader, 20 Mpx DNG of 14 bits, packed", "Mpx/s", Megapixels, () => Large(14)) { ComparedWith = Convert },
    ];

    private static Workload Small(Func<FolderOfFiles, Action> run)
    {
        var folder = new FolderOfFiles(Enumerable.Range(0, Files).Select(i => TiffBuilder.Image(RawFiles.Codes(Size, Size, 16, i), Size, Size, 16).Build()), ".tif");
        return new(run(folder), folder);
    }

    private static Action ThroughCursor(FolderOfFiles folder)
    {
        var ml = new MLContext();
        var files = ml.Data.LoadFromEnumerable(folder.Paths.Select(path => new { Path = path }).ToArray());
        var raw = ml.Transforms.LoadRawImages("Raw", null, "Path").Fit(files).Transform(files);
        return () => RowReading.ReadAll(raw, "Raw");
    }

    private static Workload ConvertInMemory()
    {
        var bytes = MemoryMarshal.AsBytes<ushort>(Samples(16)).ToArray();
        var values = new float[LargeHeight * LargeWidth];
        return new(() =>
        {
            var codes = MemoryMarshal.Cast<byte, ushort>(bytes);
            for (int i = 0; i < values.Length; i++)
                values[i] = codes[i] / 65535f;
        });
    }

    private static Workload Large(int bits)
    {
        var folder = new FolderOfFiles([TiffBuilder.Dng(Samples(bits), LargeHeight, LargeWidth, bits, [0, 1, 1, 2]).Build()], ".dng");
        var values = new float[LargeHeight * LargeWidth];
        return new(() => RawImageReader.Read(folder.Paths[0], values), folder);
    }

    private static ushort[] Samples(int bits)
    {
        var samples = new ushort[LargeHeight * LargeWidth];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (ushort)(i * 40503 & ((1 << bits) - 1));
        return samples;
    }

    /// <summary>Files of a temporary folder, which is removed with them.</summary>
    private sealed class FolderOfFiles : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lens2logit-benchmark-");

        public FolderOfFiles(IEnumerable<byte[]> files, string extension) => Paths = [.. files.Select((bytes, i) =>
        {
            var path = Path.Combine(_folder.FullName, i + extension);
            File.WriteAllBytes(path, bytes);
            return path;
        })];

        public string[] Paths { get; }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
