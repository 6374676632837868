using Lens2Logit.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Data;

/// <summary>Draws the rows of splits from the values of one column.</summary>
internal static class RowSplits
{
    public static DataSplit[] Stratified(IDataView data, string column, int splits, double testFraction, int seed)
    {
        var classes = ReadGroups(data, column).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        if (classes.FirstOrDefault(group => TestCount(group) is 0 || TestCount(group) == group.Count()) is { } small)
            throw new InvalidDataException($"'{small.Key}' in column '{column}' has {small.Count()} row(s): too few for a share of {testFraction} to test on and the rest to train on. Leave it out, or merge it.");
        var random = new Random(seed);
        return [.. Enumerable.Range(0, splits).Select(_ => Split(data, classes.SelectMany(group =>
        {
            var rows = group.ToArray();
            random.Shuffle(rows);
            return rows.Take(TestCount(group));
        })))];

        int TestCount(IGrouping<string, DataViewRowId> group) => (int)Math.Round(testFraction * group.Count());
    }

    public static DataSplit[] Grouped(IDataView data, string column, int folds, int seed)
    {
        var groups = ReadGroups(data, column).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => group.ToArray()).ToArray();
        if (groups.Length < folds)
            throw new InvalidDataException($"Column '{column}' has {groups.Length} group(s); {folds} folds need as many at least.");
        new Random(seed).Shuffle(groups);
        var tested = new List<DataViewRowId>[folds];
        for (int i = 0; i < folds; i++)
            tested[i] = [];
        // Stable: groups of one size stay in random order.
        foreach (var group in groups.OrderByDescending(group => group.Length))
            tested.MinBy(fold => fold.Count)!.AddRange(group);
        return Array.ConvertAll(tested, fold => Split(data, fold));
    }

    private static DataSplit Split(IDataView data, IEnumerable<DataViewRowId> test)
    {
        var tested = test.ToHashSet();
        return new(new RowSubset(data, id => !tested.Contains(id)), new RowSubset(data, tested.Contains));
    }

    private static ILookup<string, DataViewRowId> ReadGroups(IDataView data, string name)
    {
        ArgumentNullException.ThrowIfNull(data);
        var column = data.Schema.Require(name, "group");
        using var cursor = data.GetRowCursor([column]);
        var read = Reader(cursor, column);
        var getId = cursor.GetIdGetter();
        var rows = new List<(string Group, DataViewRowId Id)>();
        DataViewRowId id = default;
        while (cursor.MoveNext())
        {
            getId(ref id);
            rows.Add((read(), id));
        }
        return rows.ToLookup(row => row.Group, row => row.Id);
    }

    private static Func<string> Reader(DataViewRow row, DataViewSchema.Column column) => column.Type.RawType switch
    {
        var t when t == typeof(ReadOnlyMemory<char>) => Text<ReadOnlyMemory<char>>(row, column),
        var t when t == typeof(int) => Text<int>(row, column),
        var t when t == typeof(uint) => Text<uint>(row, column),
        var t when t == typeof(long) => Text<long>(row, column),
        var t when t == typeof(ulong) => Text<ulong>(row, column),
        var t when t == typeof(bool) => Text<bool>(row, column),
        _ => throw SchemaColumns.WrongType(column.Name, "group", column.Type.ToString()!, "text, a whole number, Boolean or a key"),
    };

    private static Func<string> Text<T>(DataViewRow row, DataViewSchema.Column column)
        where T : notnull
    {
        var get = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            get(ref value);
            return value.ToString()!;
        };
    }
}
