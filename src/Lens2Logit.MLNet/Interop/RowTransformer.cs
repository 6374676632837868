using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Interop;

/// <summary>
/// A transformer that adds columns row by row, lazily: nothing is computed before a cursor asks for it, and only the columns that
/// are asked for. Thread safe.
/// </summary>
public abstract class RowTransformer : ITransformer
{
    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The schema after this transformer.</summary>
    /// <param name="inputSchema">The schema before it.</param>
    /// <exception cref="ArgumentException">A column is missing or has another type; the message names it, what was found and what is expected.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Bind(inputSchema).OutputSchema;
    }

    /// <summary>The view with this transformer's columns added, computed when read.</summary>
    /// <param name="input">The view to transform.</param>
    /// <exception cref="ArgumentException">A column is missing or has another type; the message names it, what was found and what is expected.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new RowView(input, Bind(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext context) => SaveTo(new ModelWriter(context));

    /// <summary>Checks the input columns and prepares the mapping.</summary>
    private protected abstract RowMapper CreateMapper(DataViewSchema input);

    private protected abstract void SaveTo(ModelWriter writer);

    private RowBinding Bind(DataViewSchema input) => new(input, CreateMapper(input));
}
