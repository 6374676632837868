using Lens2Logit.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Training;

/// <summary>Scoring in batches behind a cursor gives what scoring row by row gives, in the same order.</summary>
public class BatchedScoringTests
{
    private const int Rows = 21;
    private readonly MLContext _ml = SmallData.Context();
    private IDataView _data = null!;
    private TransformerChain<RawImageClassificationTransformer> _batched = null!, _single = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _data = _ml.Data.Cache(SmallData.Scenes(_ml, Rows));
        _batched = SmallData.Fit(_ml, _data, SmallData.Options with { ScoringBatchSize = 8 });
        // The same weights, scored one by one.
        _single = SmallData.Fit(_ml, _data, SmallData.Options with { ScoringBatchSize = 1, InitialModel = _batched, FreezeNetwork = true, FreezeStages = true, Epochs = 1 });
    }

    [OneTimeTearDown]
    public void Release()
    {
        _batched.Dispose();
        _single.Dispose();
    }

    [Test]
    public void Every_column_is_the_same_and_in_the_same_order()
    {
        var (batched, single) = (_batched.Transform(_data), _single.Transform(_data));
        Assert.That(batched.GetColumn<string>("Name"), Is.EqualTo(single.GetColumn<string>("Name")));
        Assert.That(batched.GetColumn<uint>("PredictedLabel"), Is.EqualTo(single.GetColumn<uint>("PredictedLabel")));
        AssertClose(batched.GetColumn<float[]>("Score"), single.GetColumn<float[]>("Score"));
        // Near black, gamma multiplies the rounding of a convolution, whose order of sums depends on the batch: by 240 at its floor of 1e-5, by 430 at 3.5e-6.
        Assert.That(batched.GetColumn<float[]>("Rgb"), Is.EqualTo(single.GetColumn<float[]>("Rgb")).Within(3e-4f));
    }

    [Test]
    public void Rows_keep_their_ids_and_positions()
    {
        var view = _batched.Transform(_data);
        using var cursor = view.GetRowCursor(view.Schema);
        var getId = cursor.GetIdGetter();
        var getName = cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["Name"]);
        DataViewRowId id = default;
        ReadOnlyMemory<char> name = default;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            getId(ref id);
            getName(ref name);
            Assert.That((cursor.Position, id.Low, name.ToString()), Is.EqualTo(((long)row, (ulong)row, $"smear-1-{row:D6}")));
        }
    }

    [Test]
    public void Rows_may_be_skipped_and_asked_twice()
    {
        var expected = SmallData.Scores(_single, _data);
        var view = _batched.Transform(_data);
        using var cursor = view.GetRowCursor([view.Schema["Score"]]);
        var get = cursor.GetGetter<VBuffer<float>>(view.Schema["Score"]);
        VBuffer<float> score = default;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            for (int times = row is 3 or 11 or 19 or 20 ? 2 : 0; times > 0; times--)
            {
                get(ref score);
                Assert.That(score.DenseValues().ToArray(), Is.EqualTo(expected[row]).Within(1e-5f), $"row {row}");
            }
        }
    }

    [Test]
    public void Shuffling_behind_the_model_shuffles_scores_with_their_rows()
    {
        var byName = Pairs(_single.Transform(_data));
        var shuffled = Pairs(_ml.Data.ShuffleRows(_batched.Transform(_data), seed: 5));
        Assert.That(shuffled.Select(p => p.Name), Is.EquivalentTo(byName.Select(p => p.Name)).And.Not.EqualTo(byName.Select(p => p.Name)));
        foreach (var (name, score) in shuffled)
            Assert.That(score, Is.EqualTo(byName.Single(p => p.Name == name).Score).Within(1e-5f), name);
    }

    [Test]
    public void A_cursor_with_a_random_order_keeps_rows_and_scores_together()
    {
        var expected = Pairs(_single.Transform(_data)).ToDictionary(p => p.Name, p => p.Score);
        var view = _batched.Transform(_data);
        using var cursor = view.GetRowCursor(view.Schema, new Random(3));
        var getName = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Name"]);
        var getScore = cursor.GetGetter<VBuffer<float>>(view.Schema["Score"]);
        var names = new List<string>();
        ReadOnlyMemory<char> name = default;
        VBuffer<float> score = default;
        while (cursor.MoveNext())
        {
            getName(ref name);
            getScore(ref score);
            names.Add(name.ToString());
            Assert.That(score.DenseValues().ToArray(), Is.EqualTo(expected[names[^1]]).Within(1e-5f));
        }
        Assert.That(names, Has.Count.EqualTo(Rows).And.Unique.And.Not.Ordered);
    }

    [Test]
    public void Filters_caches_previews_and_cursor_sets_see_the_same_scores()
    {
        var expected = SmallData.Scores(_single, _data);
        var view = _batched.Transform(_data);
        AssertClose(_ml.Data.Cache(view).GetColumn<float[]>("Score"), expected);
        AssertClose(_ml.Data.SkipRows(view, 5).GetColumn<float[]>("Score"), expected[5..]);
        Assert.That(view.Preview(4).RowView, Has.Length.EqualTo(4));
        var cursors = view.GetRowCursorSet([view.Schema["Score"]], 3);
        Assert.That(cursors.Sum(Count), Is.EqualTo(Rows));

        static int Count(DataViewRowCursor cursor)
        {
            int rows = 0;
            using (cursor)
                while (cursor.MoveNext())
                    rows++;
            return rows;
        }
    }

    [Test]
    public void A_bad_row_is_named_and_rows_of_other_batches_are_not_lost()
    {
        var raw = _batched.Transform(_data).GetColumn<float[]>("Raw").ToArray();
        raw[9][40] = float.NaN;
        var view = _batched.LastTransformer.Transform(SmallData.Vectors(_ml, "Raw", raw, SmallData.Size, SmallData.Size));
        Assert.That(() => view.GetColumn<float[]>("Score").Take(8).ToArray(), Throws.Nothing);
        Assert.That(() => view.GetColumn<float[]>("Score").ToArray(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Row 9").And.Message.Contains("row 1, column 8"));
    }

    private static (string Name, float[] Score)[] Pairs(IDataView view) => [.. view.GetColumn<string>("Name").Zip(view.GetColumn<float[]>("Score"))];

    private static void AssertClose(IEnumerable<float[]> actual, IEnumerable<float[]> expected) => Assert.That(actual, Is.EqualTo(expected).Within(1e-5f));
}
