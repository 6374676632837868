using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Lens2Logit.Tests;

/// <summary>An array read from a NumPy file: little-endian float32 or float64, C order. Source: NumPy enhancement proposal 1.</summary>
internal sealed record NpyFile(int[] Shape, double[] Values)
{
    public float[] ToSingle() => Array.ConvertAll(Values, v => (float)v);

    public static NpyFile Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        int headerLength = bytes[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)) : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        int start = (bytes[6] == 1 ? 10 : 12) + headerLength;
        var header = Encoding.ASCII.GetString(bytes, 0, start);
        var type = Regex.Match(header, "'descr': '([^']+)'").Groups[1].Value;
        var shape = Regex.Match(header, @"'shape': \(([^)]*)\)").Groups[1].Value
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        if (header.Contains("'fortran_order': True", StringComparison.Ordinal))
            throw new InvalidDataException($"{path} is in Fortran order.");
        var data = bytes.AsSpan(start);
        var values = type switch
        {
            "<f8" => MemoryMarshal.Cast<byte, double>(data).ToArray(),
            "<f4" => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(data).ToArray(), v => (double)v),
            _ => throw new InvalidDataException($"{path} holds '{type}'; expected <f4 or <f8."),
        };
        return new(shape, values);
    }
}
