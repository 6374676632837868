using Microsoft.ML;

namespace Lens2Logit.Tests.Contract;

/// <summary>A data view that remembers which of its columns cursors asked for.</summary>
internal sealed class ProbedView(IDataView source) : IDataView
{
    private readonly HashSet<string> _read = [];

    public IReadOnlyCollection<string> ColumnsRead => _read;

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public void Forget() => _read.Clear();

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => source.GetRowCursor(Remember(columnsNeeded), rand);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => source.GetRowCursorSet(Remember(columnsNeeded), n, rand);

    private DataViewSchema.Column[] Remember(IEnumerable<DataViewSchema.Column> columns)
    {
        var all = columns.ToArray();
        foreach (var column in all)
            _read.Add(column.Name);
        return all;
    }
}
