using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Interop;

/// <summary>What a <see cref="RowTransformer"/> does to rows of one schema. Immutable; getters may be made on many threads.</summary>
internal abstract class RowMapper
{
    /// <summary>The columns it adds.</summary>
    public abstract DataViewSchema.DetachedColumn[] OutputColumns { get; }

    /// <summary>The input columns that one of its columns needs.</summary>
    public abstract IEnumerable<DataViewSchema.Column> InputsOf(int output);

    /// <summary>One getter per active output, null elsewhere, and what to dispose with the row. Getters of one row share what they can.</summary>
    public abstract (Delegate?[] Getters, IDisposable? Resources) CreateGetters(DataViewRow input, Func<int, bool> isActive);
}

/// <summary>A <see cref="RowMapper"/> with the schema before and after it.</summary>
internal sealed class RowBinding : IRowToRowMapper
{
    public RowBinding(DataViewSchema input, RowMapper mapper)
    {
        InputSchema = input;
        Mapper = mapper;
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumns(mapper.OutputColumns);
        OutputSchema = builder.ToSchema();
    }

    public RowMapper Mapper { get; }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = new bool[InputSchema.Count];
        foreach (var column in dependingColumns)
        {
            if (column.Index < InputSchema.Count)
                needed[column.Index] = true;
            else
                foreach (var input in Mapper.InputsOf(column.Index - InputSchema.Count))
                    needed[input.Index] = true;
        }
        return InputSchema.Where(column => needed[column.Index]);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => new MappedRow(input, CreateGetters(input, activeColumns));

    public RowGetters CreateGetters(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        var active = Active(activeColumns);
        var (getters, resources) = Mapper.CreateGetters(input, output => active[InputSchema.Count + output]);
        return new(this, input, active, getters, resources);
    }

    public bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        var active = new bool[OutputSchema.Count];
        foreach (var column in columns)
            active[column.Index] = true;
        return active;
    }
}

/// <summary>The getters of a row or cursor: its input's, and those of the added columns.</summary>
internal sealed class RowGetters(RowBinding binding, DataViewRow input, bool[] active, Delegate?[] added, IDisposable? resources) : IDisposable
{
    public DataViewSchema Schema => binding.OutputSchema;

    /// <summary>Disposes the input too.</summary>
    public void Dispose()
    {
        resources?.Dispose();
        input.Dispose();
    }

    public bool IsActive(DataViewSchema.Column column) => column.Index < active.Length && active[column.Index];

    public ValueGetter<TValue> Get<TValue>(DataViewSchema.Column column)
    {
        if (!IsActive(column))
            throw new ArgumentException($"Column '{column.Name}' was not asked for when this row was opened.", nameof(column));
        int inputs = binding.InputSchema.Count;
        if (column.Index < inputs)
            return input.GetGetter<TValue>(input.Schema[column.Index]);
        return added[column.Index - inputs] as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' has type {column.Type}; it cannot be read as {typeof(TValue)}.");
    }
}
