using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Benchmarks;

/// <summary>Reads one vector column of a view from the first row to the last, as a user of ML.NET would.</summary>
internal static class RowReading
{
    public static void ReadAll(IDataView view, string columnName)
    {
        var column = view.Schema[columnName];
        using var cursor = view.GetRowCursor([column]);
        var read = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> value = default;
        while (cursor.MoveNext())
            read(ref value);
    }

    /// <summary>The view in memory, read once, so that a later pass does not compute it.</summary>
    public static IDataView Cached(MLContext ml, IDataView view, params string[] columns)
    {
        var cached = ml.Data.Cache(view, columns);
        foreach (var name in columns)
            ReadAll(cached, name);
        return cached;
    }
}
