using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.IO;

/// <summary>
/// Reads and writes weights in the safetensors format: eight bytes with the length of a JSON header, the header (name → type, shape,
/// place), then the raw little-endian data. Source: the format's description in huggingface/safetensors.
/// </summary>
public static class SafeTensors
{
    private const string Metadata = "__metadata__";
    private const long LargestHeader = 100_000_000;

    private static readonly (string Name, ScalarType Type)[] Types =
    [
        ("F32", ScalarType.Float32), ("F64", ScalarType.Float64), ("F16", ScalarType.Float16), ("BF16", ScalarType.BFloat16),
        ("I64", ScalarType.Int64), ("I32", ScalarType.Int32), ("U8", ScalarType.Byte), ("BOOL", ScalarType.Bool),
    ];

    /// <summary>Writes tensors in the order given.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="tensors">Names and tensors, on any device.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a tensor has a type that the format does not know.</exception>
    public static void Write(Stream stream, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        using var scope = NewDisposeScope();
        var all = tensors.Select(t => (t.Name, Value: t.Value.detach().cpu().contiguous())).ToList();
        var header = new JsonObject();
        long offset = 0;
        foreach (var (name, value) in all)
        {
            var type = Array.Find(Types, t => t.Type == value.dtype).Name
                ?? throw new ArgumentException($"Tensor '{name}' has type {value.dtype}, which safetensors cannot hold here.", nameof(tensors));
            long end = offset + value.numel() * value.element_size();
            if (!header.TryAdd(name, Entry(type, value.shape, offset, end)))
                throw new ArgumentException($"The name '{name}' occurs twice.", nameof(tensors));
            offset = end;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        // Padded with spaces so that the data is aligned.
        int padded = (json.Length + 7) / 8 * 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, padded);
        stream.Write(length);
        stream.Write(json);
        for (int i = json.Length; i < padded; i++)
            stream.WriteByte((byte)' ');
        foreach (var (_, value) in all)
            stream.Write(value.bytes);
    }

    /// <summary>Reads all tensors, onto the CPU; the caller owns them.</summary>
    /// <param name="stream">A safetensors file from its beginning.</param>
    /// <exception cref="InvalidDataException">The data is cut short or not in the format; the message says where.</exception>
    public static Dictionary<string, Tensor> Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Native.TorchNative.EnsureLoaded();
        var length = Exactly(stream, 8, "the header's length");
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (headerLength is < 2 or > LargestHeader)
            throw new InvalidDataException($"This is not a safetensors file: it announces a header of {headerLength} bytes.");
        var entries = ParseHeader(Exactly(stream, headerLength, "the header"));
        var tensors = new Dictionary<string, Tensor>();
        try
        {
            long position = 0;
            // An empty tensor begins where the next one does.
            foreach (var (name, type, shape, begin, end) in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
            {
                if (begin != position)
                    throw new InvalidDataException($"Tensor '{name}' begins at byte {begin}; expected {position}, without gap or overlap.");
                var data = Exactly(stream, end - begin, $"tensor '{name}'");
                var value = empty(shape, type);
                tensors.Add(name, value);
                data.CopyTo(value.bytes);
                position = end;
            }
            return tensors;
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    private static JsonObject Entry(string type, long[] shape, long begin, long end) => new()
    {
        ["dtype"] = type,
        ["shape"] = new JsonArray([.. shape.Select(d => JsonValue.Create(d))]),
        ["data_offsets"] = new JsonArray(JsonValue.Create(begin), JsonValue.Create(end)),
    };

    private static List<(string Name, ScalarType Type, long[] Shape, long Begin, long End)> ParseHeader(byte[] header)
    {
        try
        {
            var entries = new List<(string, ScalarType, long[], long, long)>();
            var names = new HashSet<string>();
            using var document = JsonDocument.Parse(header);
            foreach (var entry in document.RootElement.EnumerateObject().Where(e => e.Name != Metadata))
            {
                if (!names.Add(entry.Name))
                    throw new InvalidDataException($"Tensor '{entry.Name}' occurs twice.");
                var typeName = entry.Value.GetProperty("dtype").GetString();
                int type = Array.FindIndex(Types, t => t.Name == typeName);
                if (type < 0)
                    throw new InvalidDataException($"Tensor '{entry.Name}' has type {typeName}; known are {string.Join(", ", Types.Select(t => t.Name))}.");
                var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
                var offsets = entry.Value.GetProperty("data_offsets");
                long begin = offsets[0].GetInt64(), end = offsets[1].GetInt64();
                long bytes = shape.Aggregate((long)Types[type].Type.ElementSize(), (size, d) => checked(size * d));
                if (begin < 0 || shape.Any(d => d < 0) || end - begin != bytes)
                    throw new InvalidDataException($"Tensor '{entry.Name}' spans {end - begin} bytes; its type and shape need {bytes}.");
                entries.Add((entry.Name, Types[type].Type, shape, begin, end));
            }
            return entries;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"The header of the safetensors data cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads in pieces, so that a wrong length fails at the end of the file and not in the allocator.</summary>
    private static byte[] Exactly(Stream stream, long count, string what)
    {
        const int piece = 1 << 24;
        var buffer = new byte[Math.Min(count, piece)];
        int read = 0;
        while (read < count)
        {
            if (read == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(count, Math.Min(2L * buffer.Length, Array.MaxLength)));
            int now = stream.Read(buffer, read, buffer.Length - read);
            if (now == 0)
                throw new InvalidDataException($"The safetensors data ends within {what}: {read} of {count} bytes.");
            read += now;
        }
        return buffer;
    }

    private static int ElementSize(this ScalarType type) => type switch
    {
        ScalarType.Float64 or ScalarType.Int64 => 8,
        ScalarType.Float32 or ScalarType.Int32 => 4,
        ScalarType.Float16 or ScalarType.BFloat16 => 2,
        _ => 1,
    };
}
