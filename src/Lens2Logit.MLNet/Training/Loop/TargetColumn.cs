using Microsoft.ML;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>The column that says what the network shall learn, and how its rows are read.</summary>
internal abstract class TargetColumn
{
    /// <summary>Name of the column.</summary>
    public abstract string Name { get; }

    /// <summary>Shape of one target, without the batch dimension.</summary>
    public abstract IReadOnlyList<int> Shape { get; }

    /// <summary>What a target is called, in messages: a label or a mask.</summary>
    public abstract string Role { get; }

    /// <summary>Reads the target of the row at which a cursor stands, or null where the row has none.</summary>
    /// <exception cref="InvalidDataException">The target cannot be used; the message names row and column.</exception>
    public abstract Func<float[]?> Reader(DataViewRow row, DataViewSchema.Column column);

    /// <summary>Checks the type of the column.</summary>
    /// <exception cref="ArgumentException">The column has another type.</exception>
    public abstract void RequireType(DataViewSchema.Column column);

    /// <summary>The group to which a row belongs: a validation fraction takes as many of each.</summary>
    public abstract int Stratum(float[] target);
}
