using Lens2Logit.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>Shapes of image columns and the errors that name the way out.</summary>
internal static class ImageShape
{
    /// <summary>Dimensions of a vector of <see cref="float"/> of the given rank.</summary>
    /// <exception cref="ArgumentException">The column is something else; the message names it, what was found and what is expected.</exception>
    public static int[] Require(DataViewSchema.Column column, string role, int rank, string expected)
    {
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType item } vector || item != NumberDataViewType.Single)
            throw SchemaColumns.WrongType(column.Name, role, column.Type.ToString()!, expected);
        var dimensions = vector.Dimensions;
        if (dimensions.Length != rank || dimensions.Contains(0))
            throw SchemaColumns.WrongType(column.Name, role, column.Type.ToString()!, $"{expected}, with all sizes known (a class gives them with [VectorType(...)], a SchemaDefinition with ColumnType)");
        return [.. dimensions];
    }

    /// <summary>Checks what an estimator can know before Fit: a vector of <see cref="float"/>.</summary>
    public static void RequireVector(SchemaShape.Column column, string role, string expected)
    {
        if (column.Kind != SchemaShape.Column.VectorKind.Vector || column.ItemType != NumberDataViewType.Single)
            throw SchemaColumns.WrongType(column.Name, role, column.Describe(), expected);
    }

    /// <summary>Number of values of a vector of that shape.</summary>
    public static int Length(ReadOnlySpan<int> shape)
    {
        int length = 1;
        foreach (int dimension in shape)
            length = checked(length * dimension);
        return length;
    }

    /// <summary>The values of one row's vector: its own memory where it is dense, else copied into <paramref name="scratch"/>.</summary>
    /// <exception cref="InvalidDataException">The row has another length than the column says, as a missing image has.</exception>
    public static ReadOnlySpan<float> Dense(in VBuffer<float> vector, float[] scratch, string columnName, long row)
    {
        if (vector.IsDense && vector.Length == scratch.Length)
            return vector.GetValues();
        Copy(in vector, scratch, columnName, row);
        return scratch;
    }

    /// <summary>Reads one row's vector, which may be sparse, into <paramref name="target"/>.</summary>
    /// <exception cref="InvalidDataException">The row has another length than the column says, as a missing image has.</exception>
    public static void Copy(in VBuffer<float> source, float[] target, string columnName, long row)
    {
        if (source.Length != target.Length)
            throw new InvalidDataException($"Row {row} of column '{columnName}' has {source.Length} values; expected {target.Length}.");
        source.CopyTo(target);
    }
}
