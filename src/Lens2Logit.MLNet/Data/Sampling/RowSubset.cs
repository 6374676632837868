using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Data.Sampling;

/// <summary>Some rows of a data view, told by their ids, which stay with them through shuffling and caching.</summary>
internal sealed class RowSubset(IDataView source, Func<DataViewRowId, bool> contains, long count) : IDataView
{
    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(source.GetRowCursor(columnsNeeded, rand), contains);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [.. source.GetRowCursorSet(columnsNeeded, n, rand).Select(cursor => new Cursor(cursor, contains))];

    private sealed class Cursor(DataViewRowCursor source, Func<DataViewRowId, bool> contains) : DataViewRowCursor
    {
        private readonly ValueGetter<DataViewRowId> _id = source.GetIdGetter();
        private long _position = -1;

        public override long Position => _position;

        public override long Batch => source.Batch;

        public override DataViewSchema Schema => source.Schema;

        public override bool MoveNext()
        {
            while (source.MoveNext())
            {
                DataViewRowId id = default;
                _id(ref id);
                if (!contains(id))
                    continue;
                _position++;
                return true;
            }
            _position = -1;
            return false;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => source.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
