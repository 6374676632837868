using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Interop;

/// <summary>
/// A cursor whose added columns are computed in batches. Two cursors walk over the same source in the same order: one delivers the
/// columns that pass through, row ids and position; the other reads ahead, with the inputs of the added columns alone active.
/// </summary>
/// <remarks>
/// <code>
/// rows:    0 1 2 3 | 4 5 6 7 | 8 …        passing: ──────► row 5
/// batches: computed  computed  not yet     ahead:   ──────────► row 7
/// </code>
/// Nothing is computed for batches of which no row is asked for.
/// </remarks>
internal sealed class BatchedCursor : MappedCursor
{
    private readonly DataViewRowCursor _ahead;
    private readonly RowBatch _batch;
    private readonly int _batchSize;
    private long _row = -1, _batchStart;
    private bool _computed;

    [SetsRequiredMembers]
    public BatchedCursor(DataViewRowCursor passing, DataViewRowCursor ahead, RowBinding binding, BatchMapper mapper, DataViewSchema.Column[] columns)
        : base(passing)
    {
        (_ahead, _batchSize) = (ahead, mapper.BatchSize);
        var active = binding.Active(columns);
        _batch = mapper.CreateBatch(ahead, _batchSize, output => active[binding.InputSchema.Count + output]);
        Getters = new(binding, passing, active, _batch.CreateGetters(RowInBatch), ahead);
    }

    public override bool MoveNext()
    {
        if (!base.MoveNext())
            return false;
        _row++;
        return true;
    }

    private int RowInBatch()
    {
        while (_row >= _batchStart + _batch.Count)
            ReadBatch();
        if (!_computed)
        {
            _batch.Compute();
            _computed = true;
        }
        return (int)(_row - _batchStart);
    }

    private void ReadBatch()
    {
        _batchStart += _batch.Count;
        _batch.Clear();
        _computed = false;
        while (_batch.Count < _batchSize && _ahead.MoveNext())
            _batch.Read();
        if (_batch.Count == 0)
            throw new InvalidOperationException("The source gave fewer rows when it was read a second time.");
    }
}
