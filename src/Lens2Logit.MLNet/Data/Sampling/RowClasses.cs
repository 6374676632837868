using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Data.Sampling;

/// <summary>The rows of a data view and, by a column, which of them belong together.</summary>
internal sealed class RowClasses
{
    private RowClasses(DataViewRowId[] ids, int[][] numbers) => (Ids, Numbers) = (ids, numbers);

    /// <summary>The rows' ids, in order.</summary>
    public DataViewRowId[] Ids { get; }

    /// <summary>For each column asked for, a number from 0 for each row: equal values have equal numbers, and numbers follow the values' order (ordinal for text).</summary>
    public int[][] Numbers { get; }

    /// <param name="data">The rows.</param>
    /// <param name="columnNames">Columns of text or keys.</param>
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
        return new([.. ids], [.. values.Select(Number)]);
    }

    private static int[] Number(List<IComparable> values)
    {
        var numbers = values.Distinct().Order(Comparer<IComparable>.Create((a, b) => a is string text ? string.CompareOrdinal(text, (string)b) : a.CompareTo(b)))
            .Select((value, number) => (value, number)).ToDictionary(v => v.value, v => v.number);
        return [.. values.Select(v => numbers[v])];
    }

    private static DataViewSchema.Column Require(DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw new ArgumentException($"There is no column '{name}'; the data has {string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => c.Name))}.", nameof(name));
        if (column.Type is TextDataViewType || (column.Type is KeyDataViewType && column.Type.RawType == typeof(uint)))
            return column;
        throw new ArgumentException($"Column '{name}' is {column.Type}; rows are told apart by text or a key. Map it with Conversion.ConvertType or MapValueToKey first.", nameof(name));
    }

    private static Func<IComparable?> Getter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            var text = row.GetGetter<ReadOnlyMemory<char>>(column);
            return () =>
            {
                ReadOnlyMemory<char> value = default;
                text(ref value);
                return value.IsEmpty ? null : value.ToString();
            };
        }
        var key = row.GetGetter<uint>(column);
        return () =>
        {
            uint value = 0;
            key(ref value);
            return value == 0 ? null : value;
        };
    }
}
