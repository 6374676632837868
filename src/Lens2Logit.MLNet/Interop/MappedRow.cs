using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Interop;

/// <summary>A single row with mapped columns added.</summary>
internal sealed class MappedRow(DataViewRow input, RowGetters getters) : DataViewRow
{
    public override DataViewSchema Schema => getters.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => getters.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => getters.Get<TValue>(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            getters.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>A cursor with mapped columns added.</summary>
internal class MappedCursor(DataViewRowCursor input) : DataViewRowCursor
{
    /// <summary>What the columns are read by; it disposes the input too.</summary>
    public required RowGetters Getters { private get; init; }

    public override DataViewSchema Schema => Getters.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool MoveNext() => input.MoveNext();

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => Getters.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Getters.Get<TValue>(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Getters.Dispose();
        base.Dispose(disposing);
    }
}
