using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Interop;

/// <summary>A mapper that computes many rows at once when a cursor reads them one after the other.</summary>
internal abstract class BatchMapper : RowMapper
{
    /// <summary>Rows computed at once behind a cursor, at least 1.</summary>
    public abstract int BatchSize { get; }

    /// <summary>Getters over batches of rows that are read from a cursor of their own.</summary>
    /// <param name="rows">Where the rows come from; only the inputs of the active outputs are active.</param>
    /// <param name="batchSize">Rows to read at once.</param>
    /// <param name="isActive">Which outputs are asked for.</param>
    public abstract RowBatch CreateBatch(DataViewRow rows, int batchSize, Func<int, bool> isActive);

    /// <summary>A single row is a batch of one.</summary>
    public sealed override (Delegate?[] Getters, IDisposable? Resources) CreateGetters(DataViewRow input, Func<int, bool> isActive)
    {
        var batch = CreateBatch(input, 1, isActive);
        long position = -1;
        return (batch.CreateGetters(Row), null);

        int Row()
        {
            // All getters of a row share what was computed for its position; a row without position is computed anew.
            if (position != input.Position || position < 0)
            {
                batch.Clear();
                batch.Read();
                batch.Compute();
                position = input.Position;
            }
            return 0;
        }
    }
}

/// <summary>Rows that were read, and what was computed from them.</summary>
internal abstract class RowBatch
{
    /// <summary>Rows read since <see cref="Clear"/>.</summary>
    public abstract int Count { get; }

    /// <summary>Forgets all rows.</summary>
    public abstract void Clear();

    /// <summary>Reads the row at which the source stands.</summary>
    public abstract void Read();

    /// <summary>Computes the active outputs of all rows read.</summary>
    public abstract void Compute();

    /// <summary>One getter per active output, null elsewhere.</summary>
    /// <param name="row">Gives the index within the batch of the row to get, computing it if need be.</param>
    public abstract Delegate?[] CreateGetters(Func<int> row);
}
