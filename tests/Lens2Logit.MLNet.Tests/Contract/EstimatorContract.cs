using Lens2Logit.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Contract;

/// <summary>
/// What ML.NET expects of every estimator and its transformer. A component gets all of it with a subclass that says what it makes, from
/// what, and which columns of the data it needs.
/// </summary>
public abstract class EstimatorContract
{
    protected MLContext Ml { get; } = SmallData.Context();

    private protected ProbedView Data { get; private set; } = null!;

    private protected ITransformer Transformer { get; private set; } = null!;

    /// <summary>Data with a text column <c>Name</c> that tells rows apart.</summary>
    protected abstract IDataView CreateData();

    protected abstract IEstimator<ITransformer> CreateEstimator();

    /// <summary>The columns that the component adds, with the input columns that each needs.</summary>
    protected abstract IReadOnlyDictionary<string, string[]> Outputs { get; }

    /// <summary>The columns without which the schema is refused; by default all inputs but the name.</summary>
    protected virtual string[] Required => [.. Outputs.Values.SelectMany(c => c).Where(c => c != "Name").Distinct()];

    [OneTimeSetUp]
    public void Fit()
    {
        Data = new(CreateData());
        Transformer = CreateEstimator().Fit(Data);
    }

    [OneTimeTearDown]
    public void Release() => (Transformer as IDisposable)?.Dispose();

    [Test]
    public void The_schema_promised_is_the_schema_delivered()
    {
        var promised = CreateEstimator().GetOutputSchema(SchemaColumns.ShapeOf(Data.Schema)).ToDictionary(c => c.Name);
        var delivered = SchemaColumns.ShapeOf(Transformer.GetOutputSchema(Data.Schema)).ToDictionary(c => c.Name);
        Assert.That(promised.Keys, Is.EquivalentTo(delivered.Keys));
        foreach (var (name, column) in delivered)
        {
            Assert.That(Describe(promised[name]), Is.EqualTo(Describe(column)), name);
            Assert.That(promised[name].Annotations.Select(Describe), Is.EquivalentTo(column.Annotations.Select(Describe)), $"annotations of {name}");
        }

        static string Describe(SchemaShape.Column column) => $"{column.Name}: {column.Kind} of {column.ItemType}{(column.IsKey ? ", key" : "")}";
    }

    [Test]
    public void Input_columns_pass_through()
    {
        var output = Transformer.Transform(Data);
        Assert.That(output.Schema.Take(Data.Schema.Count).Select(c => (c.Name, c.Type)), Is.EqualTo(Data.Schema.Select(c => (c.Name, c.Type))));
        Assert.That(output.GetColumn<string>("Name"), Is.EqualTo(Data.GetColumn<string>("Name")));
        Assert.That(output.Schema.Skip(Data.Schema.Count).Select(c => c.Name), Is.EqualTo(Outputs.Keys));
    }

    [Test]
    public void Transforming_reads_nothing_and_a_cursor_reads_only_what_its_columns_need()
    {
        Data.Forget();
        var output = Transformer.Transform(Data);
        Assert.That(Data.ColumnsRead, Is.Empty, "before a cursor is opened");
        foreach (var (name, inputs) in Outputs)
        {
            Data.Forget();
            using (output.GetRowCursor([output.Schema[name]]))
                Assert.That(Data.ColumnsRead, Is.EquivalentTo(inputs), name);
        }
        Data.Forget();
        using (output.GetRowCursor([output.Schema["Name"]]))
            Assert.That(Data.ColumnsRead, Is.EqualTo(new[] { "Name" }));
    }

    [Test]
    public void Values_are_the_same_whichever_way_they_are_read()
    {
        var output = Transformer.Transform(Data);
        foreach (var name in Outputs.Keys.Where(IsVector))
        {
            var expected = ByName(output, name);
            AssertSame(ByName(output, name), expected, name, "again");
            AssertSame(ByName(Ml.Data.Cache(output), name), expected, name, "cached");
            AssertSame(ByName(Ml.Data.ShuffleRows(output, seed: 4), name), expected, name, "shuffled behind");
            AssertSame(ByName(Transformer.Transform(Ml.Data.ShuffleRows(Data, seed: 4)), name), expected, name, "shuffled before");
            AssertSame(ByName(Transformer.Transform(Ml.Data.SkipRows(Data, 3)), name), expected, name, "filtered");
            AssertSame(FromCursorSet(output, name), expected, name, "cursor set");
        }

        bool IsVector(string name) => output.Schema[name].Type is VectorDataViewType;
    }

    [Test]
    public void Columns_may_be_copied_selected_and_stored()
    {
        var output = Transformer.Transform(Data);
        var name = RequireVector(Outputs.Keys.FirstOrDefault(n => output.Schema[n].Type is VectorDataViewType));
        var expected = ByName(output, name);
        var copied = Ml.Transforms.CopyColumns("Copy", name).Append(Ml.Transforms.SelectColumns("Name", "Copy")).Fit(output).Transform(output);
        AssertSame(ByName(copied, "Copy"), expected, name, "copied and selected");

        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder.File("data.idv")))
            Ml.Data.SaveAsBinary(copied, file);
        var stored = Ml.Data.LoadFromBinary(folder.File("data.idv"));
        AssertSame(ByName(stored, "Copy"), expected, name, "stored");
        Assert.That(AnnotationKinds(stored.Schema["Copy"]), Is.SupersetOf(AnnotationKinds(output.Schema[name])), "annotations in the stored file");
    }

    [Test]
    public void A_saved_and_loaded_transformer_gives_the_same_values_and_annotations()
    {
        using var folder = new TemporaryFolder();
        Ml.Model.Save(Transformer, Data.Schema, folder.File("model.zip"));
        var loaded = new MLContext().Model.Load(folder.File("model.zip"), out _).Transform(Data);
        var output = Transformer.Transform(Data);
        Assert.That(loaded.Schema.Select(c => (c.Name, c.Type.ToString())), Is.EqualTo(output.Schema.Select(c => (c.Name, c.Type.ToString()))));
        foreach (var name in Outputs.Keys)
        {
            Assert.That(AnnotationKinds(loaded.Schema[name]), Is.EqualTo(AnnotationKinds(output.Schema[name])), name);
            if (output.Schema[name].Type is VectorDataViewType)
                AssertSame(ByName(loaded, name), ByName(output, name), name, "loaded");
        }
    }

    [Test]
    public void Another_process_that_knows_only_ml_net_gives_the_same_values()
    {
        var output = Transformer.Transform(Data);
        var name = RequireVector(Outputs.Keys.LastOrDefault(n => output.Schema[n].Type is VectorDataViewType));
        Assert.That(OtherProcess.Read(Ml, Transformer, Data, name), Is.EqualTo(output.GetColumn<float[]>(name)).Within(1e-4f));
    }

    private static string RequireVector(string? name)
    {
        if (name is null)
            Assert.Ignore("The component makes no vector.");
        return name!;
    }

    // What a PredictionEngine does: it maps one row at a time.
    [Test]
    public void Single_rows_and_previews_give_the_same_values()
    {
        var output = Transformer.Transform(Data);
        foreach (var name in Outputs.Keys.Where(n => output.Schema[n].Type is VectorDataViewType))
        {
            var expected = output.GetColumn<float[]>(name).ToArray();
            var mapper = Transformer.GetRowToRowMapper(Data.Schema);
            DataViewSchema.Column[] active = [mapper.OutputSchema[name]];
            using var cursor = Data.GetRowCursor(mapper.GetDependencies(active));
            using var row = mapper.GetRow(cursor, active);
            var get = row.GetGetter<VBuffer<float>>(active[0]);
            VBuffer<float> value = default;
            for (int i = 0; cursor.MoveNext(); i++)
            {
                get(ref value);
                Assert.That(value.DenseValues().ToArray(), Is.EqualTo(expected[i]).Within(1e-4f), $"{name}, row {i}");
            }
        }
        Assert.That(output.Preview(3).RowView, Has.Length.EqualTo(3));
    }

    [Test]
    public void A_missing_column_is_named_with_those_that_there_are_before_and_at_fit()
    {
        var without = Ml.Transforms.DropColumns(Required).Fit(Data).Transform(Data);
        Assert.That(() => CreateEstimator().GetOutputSchema(SchemaColumns.ShapeOf(without.Schema)), Throws.ArgumentException.With.Message.Contains("There is no column").And.Message.Contains("Name"));
        Assert.That(() => CreateEstimator().Fit(without), Throws.ArgumentException.With.Message.Contains("There is no column"));
        var withoutInputs = Ml.Transforms.SelectColumns("Name").Fit(Data).Transform(Data);
        Assert.That(() => Transformer.Transform(withoutInputs), Throws.ArgumentException.With.Message.Contains("There is no column"));
    }

    private static Dictionary<string, float[]> ByName(IDataView view, string column) =>
        view.GetColumn<string>("Name").Zip(view.GetColumn<float[]>(column)).ToDictionary(p => p.First, p => p.Second);

    private static Dictionary<string, float[]> FromCursorSet(IDataView view, string column)
    {
        var rows = new Dictionary<string, float[]>();
        foreach (var cursor in view.GetRowCursorSet([view.Schema["Name"], view.Schema[column]], 2))
        {
            using (cursor)
            {
                var getName = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Name"]);
                var getValue = cursor.GetGetter<VBuffer<float>>(view.Schema[column]);
                ReadOnlyMemory<char> name = default;
                VBuffer<float> value = default;
                while (cursor.MoveNext())
                {
                    getName(ref name);
                    getValue(ref value);
                    rows.Add(name.ToString(), [.. value.DenseValues()]);
                }
            }
        }
        return rows;
    }

    // Batches differ in the order of sums, which gamma enlarges near black.
    private static void AssertSame(Dictionary<string, float[]> actual, Dictionary<string, float[]> expected, string column, string how)
    {
        Assert.That(actual, Is.Not.Empty);
        foreach (var (name, value) in actual)
            Assert.That(value, Is.EqualTo(expected[name]).Within(1e-4f), $"{column} of {name}, {how}");
    }

    private static IEnumerable<string> AnnotationKinds(DataViewSchema.Column column) => column.Annotations.Schema.Select(c => c.Name).Order();
}
