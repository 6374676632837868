using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Data;

/// <summary>The rows of a data view whose ids are chosen, in its order.</summary>
internal sealed class RowSubset(IDataView source, Func<DataViewRowId, bool> isChosen) : IDataView
{
    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(source.GetRowCursor(columnsNeeded, rand), isChosen);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        Array.ConvertAll(source.GetRowCursorSet(columnsNeeded, n, rand), cursor => (DataViewRowCursor)new Cursor(cursor, isChosen));

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly DataViewRowCursor _rows;
        private readonly Func<DataViewRowId, bool> _isChosen;
        private readonly ValueGetter<DataViewRowId> _getId;
        private long _position = -1;

        public Cursor(DataViewRowCursor rows, Func<DataViewRowId, bool> isChosen)
        {
            (_rows, _isChosen) = (rows, isChosen);
            _getId = rows.GetIdGetter();
        }

        public override DataViewSchema Schema => _rows.Schema;

        public override long Position => _position;

        public override long Batch => _rows.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => _rows.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _rows.GetGetter<TValue>(column);

        public override bool IsColumnActive(DataViewSchema.Column column) => _rows.IsColumnActive(column);

        public override bool MoveNext()
        {
            DataViewRowId id = default;
            while (_rows.MoveNext())
            {
                _getId(ref id);
                if (!_isChosen(id))
                    continue;
                _position++;
                return true;
            }
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _rows.Dispose();
            base.Dispose(disposing);
        }
    }
}
