namespace Lens2Logit.Tests;

/// <summary>Writes small raw files, 6×8 unless another height is given.</summary>
internal static class RawImages
{
    public const int Height = 6, Width = 8;

    public static ushort[] Codes(int seed = 1, int height = Height) => RawFiles.Codes(height, Width, 14, seed);

    public static string WriteTiff(string folder, string name, int seed = 1, int height = Height) => Write(folder, name, TiffBuilder.Image(Codes(seed, height), height, Width, 16).Build());

    public static string WriteDng(string folder, string name, int seed = 1, Func<TiffBuilder, TiffBuilder>? change = null)
    {
        var dng = TiffBuilder.Dng(Codes(seed), Height, Width, 14, [0, 1, 1, 2]).Longs(50714, 500).Longs(50717, 15000);
        return Write(folder, name, (change is null ? dng : change(dng)).Build());
    }

    public static string WritePng(string folder, string name) => Write(folder, name, RawFiles.Png(new ushort[Height * Width], Height, Width, 8));

    public static string WriteNpy(string folder, string name) => Write(folder, name, RawFiles.Npy("<u2", $"{Height}, {Width}", RawFiles.Samples(Codes(), 2)));

    private static string Write(string folder, string name, byte[] bytes)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, name), bytes);
        return name;
    }
}
