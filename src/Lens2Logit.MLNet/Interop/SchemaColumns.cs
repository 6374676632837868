using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Interop;

/// <summary>Builds and checks the columns that estimators promise (<see cref="SchemaShape"/>) before any data is seen.</summary>
internal static class SchemaColumns
{
    public static SchemaShape.Column Vector(string name, DataViewType itemType, params SchemaShape.Column[] annotations) =>
        new(name, SchemaShape.Column.VectorKind.Vector, itemType, false, new SchemaShape(annotations));

    public static SchemaShape.Column Scalar(string name, DataViewType type, params SchemaShape.Column[] annotations) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, type, false, new SchemaShape(annotations));

    public static SchemaShape.Column Key(string name, params SchemaShape.Column[] annotations) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true, new SchemaShape(annotations));

    /// <summary>What an estimator would see of data with this schema.</summary>
    public static SchemaShape ShapeOf(DataViewSchema schema) => SchemaShape.Create(schema);

    /// <summary>The input shape with columns added or replaced.</summary>
    public static SchemaShape With(this SchemaShape shape, IEnumerable<SchemaShape.Column> columns)
    {
        var all = shape.ToDictionary(column => column.Name);
        foreach (var column in columns)
            all[column.Name] = column;
        return new SchemaShape(all.Values);
    }

    /// <exception cref="ArgumentException">There is no such column; the message lists those that there are.</exception>
    public static SchemaShape.Column Require(this SchemaShape shape, string name, string role)
    {
        if (shape.TryFindColumn(name, out var column))
            return column;
        throw Missing(name, role, shape.Select(c => c.Name));
    }

    /// <exception cref="ArgumentException">There is no such column; the message lists those that there are.</exception>
    public static DataViewSchema.Column Require(this DataViewSchema schema, string name, string role) =>
        schema.GetColumnOrNull(name) ?? throw Missing(name, role, schema.Where(c => !c.IsHidden).Select(c => c.Name));

    public static ArgumentException WrongType(string name, string role, string found, string expected) =>
        new($"The {role} column '{name}' is {found}; expected {expected}.");

    public static string Describe(this SchemaShape.Column column) => column.GetTypeString();

    private static ArgumentException Missing(string name, string role, IEnumerable<string> present) =>
        new($"There is no column '{name}', which is to be the {role}. The data has: {string.Join(", ", present)}.");
}
