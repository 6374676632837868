using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Interop;

/// <summary>A data view with mapped columns added. Order, row ids and row count are those of its source.</summary>
/// <remarks>
/// A single cursor stays on its caller's thread. ML.NET's own mappers split it over all cores and read some hundred rows ahead, which is
/// nothing for numbers and hundreds of megabytes for images. Whoever can use several cores asks for a cursor set, and gets one.
/// </remarks>
internal sealed class RowView(IDataView source, RowBinding binding) : IDataView
{
    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => binding.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        if (binding.Mapper is not BatchMapper { BatchSize: > 1 } mapper)
            return Wrap(source.GetRowCursor(binding.GetDependencies(columns), rand), columns);
        // Two cursors shuffle alike from one seed; and the order must not depend on which columns are asked for.
        int? seed = rand?.Next();
        if (!NeedsBatches(columns))
            return Wrap(Open(binding.GetDependencies(columns), seed), columns);
        int inputs = binding.InputSchema.Count;
        var passing = Open(binding.GetDependencies(columns.Where(column => column.Index < inputs)), seed);
        try
        {
            return new BatchedCursor(passing, Open(binding.GetDependencies(columns.Where(column => column.Index >= inputs)), seed), binding, mapper, columns);
        }
        catch
        {
            passing.Dispose();
            throw;
        }
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        // Parts of a source need not be split alike twice, as reading ahead would need; and batches are parallel inside.
        if (binding.Mapper is BatchMapper { BatchSize: > 1 } && NeedsBatches(columns))
            return [GetRowCursor(columns, rand)];
        return Array.ConvertAll(source.GetRowCursorSet(binding.GetDependencies(columns), n, rand), cursor => (DataViewRowCursor)Wrap(cursor, columns));
    }

    private bool NeedsBatches(DataViewSchema.Column[] columns) => columns.Any(column => column.Index >= binding.InputSchema.Count);

    private DataViewRowCursor Open(IEnumerable<DataViewSchema.Column> columns, int? seed) => source.GetRowCursor(columns, seed is { } value ? new Random(value) : null);

    private MappedCursor Wrap(DataViewRowCursor cursor, DataViewSchema.Column[] columns) => new(cursor) { Getters = binding.CreateGetters(cursor, columns) };
}
