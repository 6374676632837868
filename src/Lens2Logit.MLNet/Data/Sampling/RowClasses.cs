using Lens2Logit.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Data.Sampling;

/// <summary>The rows of a data view and, by a column, which of them belong together.</summary>
internal sealed class RowClasses
{
    private RowClasses(DataViewRowId[] ids, int[][] numbers, string[][] names) => (Ids, Numbers, Names) = (ids, numbers, names);

    /// <summary>The rows' ids, in order.</summary>
    public DataViewRowId[] Ids { get; }

    /// <summary>For each column asked for, a number from 0 for each row: equal values have equal numbers, and numbers follow the values' order (ordinal for text).</summary>
    public int[][] Numbers { get; }

    /// <summary>For each column, the values behind the numbers.</summary>
    public string[][] Names { get; }

    /// <param name="data">The rows.</param>
    /// <param name="columnNames">Columns of text, whole numbers, Booleans or keys.</param>
    /// <exception cref="ArgumentException">A column does not exist or is of another type, or there is no row.</exception>
    /// <exception cref="InvalidDataException">A value is missing; the message names row and column.</exception>
    public static RowClasses Read(IDataView data, params string[] columnNames)
    {
        var columns = columnNames.Select(name => Require(data.Schema, name)).ToArray();
        var ids = new List<DataViewRowId>();
        var values = columns.Select(_ => new List<IComparable>()).ToArray();
        using (var cursor = data.GetRowCursor(columns))
        {
            var id = cursor.GetIdGetter();
            var getters = columns.Select(column => Getter(cursor, column)).ToArray();
            while (cursor.MoveNext())
            {
                DataViewRowId current = default;
                id(ref current);
                ids.Add(current);
                for (int c = 0; c < columns.Length; c++)
                    values[c].Add(getters[c]() ?? throw new InvalidDataException($"Column '{columnNames[c]}' has no value in row {ids.Count - 1}; every row must belong somewhere."));
            }
        }
        if (ids.Count == 0)
            throw new ArgumentException("The data has no row; there is nothing to split.", nameof(data));
        var distinct = values.Select(column => column.Distinct().Order(ByValue).ToArray()).ToArray();
        return new([.. ids], [.. values.Zip(distinct, Number)], [.. distinct.Select(column => column.Select(value => value.ToString()!).ToArray())]);
    }

    private static readonly Comparer<IComparable> ByValue = Comparer<IComparable>.Create((a, b) => a is string text ? string.CompareOrdinal(text, (string)b) : a.CompareTo(b));

    private static int[] Number(List<IComparable> values, IComparable[] distinct)
    {
        var numbers = distinct.Index().ToDictionary(v => v.Item, v => v.Index);
        return [.. values.Select(v => numbers[v])];
    }

    private static DataViewSchema.Column Require(DataViewSchema schema, string name)
    {
        var column = schema.Require(name, "group or class");
        return column.Type is VectorDataViewType || !Readers.ContainsKey(column.Type.RawType)
            ? throw SchemaColumns.WrongType(name, "group or class", column.Type.ToString()!, "text, a whole number, Boolean or a key; rows are told apart by it. Map it with Conversion.MapValueToKey first")
            : column;
    }

    private static Func<IComparable?> Getter(DataViewRow row, DataViewSchema.Column column) => Readers[column.Type.RawType](row, column);

    private static readonly Dictionary<Type, Func<DataViewRow, DataViewSchema.Column, Func<IComparable?>>> Readers = new()
    {
        [typeof(ReadOnlyMemory<char>)] = (row, column) => Of<ReadOnlyMemory<char>>(row, column, text => text.IsEmpty ? null : text.ToString()),
        [typeof(bool)] = (row, column) => Of<bool>(row, column, value => value),
        [typeof(int)] = (row, column) => Of<int>(row, column, value => value),
        [typeof(long)] = (row, column) => Of<long>(row, column, value => value),
        // Of a key, 0 stands for a value that is missing.
        [typeof(uint)] = (row, column) => Of<uint>(row, column, value => value == 0 && column.Type is KeyDataViewType ? null : value),
        [typeof(ulong)] = (row, column) => Of<ulong>(row, column, value => value == 0 && column.Type is KeyDataViewType ? null : value),
    };

    private static Func<IComparable?> Of<T>(DataViewRow row, DataViewSchema.Column column, Func<T, IComparable?> convert)
    {
        var get = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            get(ref value);
            return convert(value);
        };
    }
}
