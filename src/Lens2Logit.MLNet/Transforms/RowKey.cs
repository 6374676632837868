using System.Runtime.InteropServices;
using Lens2Logit.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>The 64-bit identity of a row, on which its noise depends: from its id, or from a text or whole-number column.</summary>
internal static class RowKey
{
    // 64-bit FNV-1a (Fowler, Noll, Vo): stable between processes and versions, unlike string.GetHashCode.
    private const ulong OffsetBasis = 14695981039346656037, Prime = 1099511628211;

    private const string Expected = "text, Int32, UInt32, Int64, UInt64 or a key of these";

    private static readonly DataViewType[] Numbers = [NumberDataViewType.Int32, NumberDataViewType.UInt32, NumberDataViewType.Int64, NumberDataViewType.UInt64];

    /// <exception cref="ArgumentException">The column is neither text nor a whole number.</exception>
    public static void RequireType(DataViewSchema.Column column)
    {
        var type = column.Type.RawType;
        if (type != typeof(ReadOnlyMemory<char>) && type != typeof(uint) && type != typeof(int) && type != typeof(ulong) && type != typeof(long))
            throw SchemaColumns.WrongType(column.Name, "row key", column.Type.ToString()!, Expected);
    }

    /// <inheritdoc cref="RequireType(DataViewSchema.Column)"/>
    public static void RequireType(SchemaShape.Column column)
    {
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || (column.ItemType != TextDataViewType.Instance && !Numbers.Contains(column.ItemType)))
            throw SchemaColumns.WrongType(column.Name, "row key", column.Describe(), Expected);
    }

    public static Func<ulong> Reader(DataViewRow row, DataViewSchema.Column? column)
    {
        if (column is not { } key)
        {
            var getId = row.GetIdGetter();
            return () =>
            {
                DataViewRowId id = default;
                getId(ref id);
                // Ids below 2^64 have no high part: such an id is its own key.
                return id.High == 0 ? id.Low : Hash(MemoryMarshal.AsBytes<ulong>([id.Low, id.High]));
            };
        }
        return key.Type.RawType switch
        {
            var t when t == typeof(ReadOnlyMemory<char>) => Read<ReadOnlyMemory<char>>(row, key, text => Hash(MemoryMarshal.AsBytes(text.Span))),
            var t when t == typeof(uint) => Read<uint>(row, key, value => value),
            var t when t == typeof(int) => Read<int>(row, key, value => (ulong)value),
            var t when t == typeof(long) => Read<long>(row, key, value => (ulong)value),
            _ => Read<ulong>(row, key, value => value),
        };
    }

    private static Func<ulong> Read<T>(DataViewRow row, DataViewSchema.Column column, Func<T, ulong> key)
    {
        var get = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            get(ref value);
            return key(value);
        };
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = OffsetBasis;
        foreach (byte b in bytes)
            hash = unchecked((hash ^ b) * Prime);
        return hash;
    }
}
