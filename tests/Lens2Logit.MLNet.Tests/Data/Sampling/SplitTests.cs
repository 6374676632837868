using Lens2Logit.MLNet.Data.Sampling;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Data.Sampling;

public class SplitTests
{
    private readonly MLContext _ml = new(seed: 5);

    private sealed class Tile
    {
        public string Name { get; set; } = "";

        public string Frame { get; set; } = "";

        public string Label { get; set; } = "";
    }

    /// <summary>Tiles of twelve frames of different size, with two classes in different shares.</summary>
    private IDataView Tiles() => _ml.Data.LoadFromEnumerable(
        (from frame in Enumerable.Range(0, 12)
         from tile in Enumerable.Range(0, 20 + 5 * frame)
         select new Tile { Name = $"{frame:00}_{tile:00000}", Frame = $"{frame:00}", Label = (tile * 7 + frame) % 10 < frame % 4 + 2 ? "car" : "no car" }).ToList());

    [Test]
    public void No_frame_is_on_both_sides([Values(0.2, 0.35, 0.5)] double fraction, [Values(1, 2, 3)] int seed)
    {
        var data = Tiles();
        var split = _ml.Data.GroupedTrainTestSplit(data, "Frame", fraction, "Label", seed);
        var (train, test) = (Rows(split.TrainSet), Rows(split.TestSet));
        Assert.That(train.Select(r => r.Frame).Intersect(test.Select(r => r.Frame)), Is.Empty);
        Assert.That(train.Concat(test).Select(r => r.Name).Order(), Is.EqualTo(Rows(data).Select(r => r.Name).Order()));
        Assert.That((double)test.Count / (train.Count + test.Count), Is.EqualTo(fraction).Within(0.04));
        Assert.That(Cars(test), Is.EqualTo(Cars(train)).Within(0.1), "both sides have about the same share of cars");
        Assert.That(split.TestSet.GetRowCount(), Is.EqualTo(test.Count));
    }

    [Test]
    public void A_random_split_of_the_same_tiles_puts_every_frame_on_both_sides()
    {
        var split = _ml.Data.StratifiedShuffleSplit(Tiles(), "Label")[0];
        Assert.That(Rows(split.TestSet).Select(r => r.Frame).Distinct().Count(), Is.EqualTo(12));
        Assert.That(Rows(split.TrainSet).Select(r => r.Frame).Distinct().Count(), Is.EqualTo(12));
    }

    [Test]
    public void Folds_are_whole_frames_and_every_row_is_tested_on_once()
    {
        var data = Tiles();
        var folds = _ml.Data.GroupedCrossValidationSplit(data, "Frame", 5, "Label", seed: 1);
        Assert.That(folds.SelectMany(f => Rows(f.TestSet)).Select(r => r.Name).Order(), Is.EqualTo(Rows(data).Select(r => r.Name).Order()));
        foreach (var fold in folds)
        {
            Assert.That(Rows(fold.TrainSet).Select(r => r.Frame).Intersect(Rows(fold.TestSet).Select(r => r.Frame)), Is.Empty);
            Assert.That(Rows(fold.TestSet).Count / (double)Rows(data).Count, Is.EqualTo(0.2).Within(0.05));
        }
    }

    [Test]
    public void Every_part_gets_a_group_even_where_one_has_nearly_all_rows()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1000).Select(i => new Tile { Name = $"{i}", Frame = i < 998 ? "a" : $"{i}" }).ToList());
        var split = _ml.Data.GroupedTrainTestSplit(data, seed: 1);
        Assert.That((Rows(split.TrainSet).Count, Rows(split.TestSet).Count), Is.EqualTo((998, 2)));
        Assert.That(_ml.Data.GroupedCrossValidationSplit(data, numberOfFolds: 3, seed: 1).Select(f => f.TestSet.GetRowCount()), Is.EquivalentTo(new[] { 998, 1, 1 }));
    }

    [Test]
    public void The_seed_alone_decides_and_the_context_gives_it()
    {
        var data = Tiles();
        var once = Names(3);
        Assert.That(Names(3), Is.EqualTo(once));
        Assert.That(Enumerable.Range(0, 5).Select(seed => string.Join(" ", Names(seed))).Distinct().Count(), Is.GreaterThan(2));
        Assert.That(Names(null), Is.EqualTo(Names(5)), "the context's seed");

        List<string> Names(int? seed) => [.. Rows(_ml.Data.GroupedTrainTestSplit(data, seed: seed).TestSet).Select(r => r.Name)];
    }

    [Test]
    public void Sets_stay_what_they_are_through_shuffling_caching_and_parallel_cursors()
    {
        var test = _ml.Data.GroupedTrainTestSplit(Tiles(), seed: 1).TestSet;
        var names = Rows(test).Select(r => r.Name).ToHashSet();
        Assert.That(Rows(_ml.Data.ShuffleRows(test, seed: 1)).Select(r => r.Name), Is.EquivalentTo(names));
        Assert.That(Rows(_ml.Data.Cache(test)).Select(r => r.Name), Is.EquivalentTo(names));
        var column = test.Schema["Name"];
        var read = new List<string>();
        foreach (var cursor in test.GetRowCursorSet([column], 4))
        {
            using (cursor)
            {
                var name = cursor.GetGetter<ReadOnlyMemory<char>>(column);
                for (long position = 0; cursor.MoveNext(); position++)
                {
                    ReadOnlyMemory<char> value = default;
                    name(ref value);
                    read.Add(value.ToString());
                    Assert.That(cursor.Position, Is.EqualTo(position));
                }
            }
        }
        Assert.That(read, Is.EquivalentTo(names));
    }

    [Test]
    public void Groups_and_labels_may_be_keys()
    {
        var data = Tiles();
        var keys = _ml.Transforms.Conversion.MapValueToKey("Frame").Append(_ml.Transforms.Conversion.MapValueToKey("Label")).Fit(data).Transform(data);
        var split = _ml.Data.GroupedTrainTestSplit(keys, "Frame", 0.2, "Label", seed: 1);
        var test = split.TestSet.GetColumn<uint>("Frame").Distinct().ToList();
        Assert.That(split.TrainSet.GetColumn<uint>("Frame").Distinct().Intersect(test), Is.Empty);
        Assert.That(test, Is.Not.Empty);
    }

    // The example in scikit-learn's documentation of StratifiedShuffleSplit: six rows, two classes, five splits in half, seed 0.
    [Test]
    public void Random_splits_are_those_of_scikit_learn()
    {
        var tests = StratifiedShuffle.TestRows([0, 0, 0, 1, 1, 1], testFraction: 0.5, splits: 5, seed: 0);
        Assert.That(tests.Select(t => string.Join(" ", t.Order())), Is.EqualTo(new[] { "0 1 4", "0 2 3", "1 3 4", "2 3 5", "2 3 4" }));
    }

    [Test]
    public void Random_splits_keep_the_share_of_each_class()
    {
        var data = Tiles();
        double cars = Cars(Rows(data));
        var splits = _ml.Data.StratifiedShuffleSplit(data, "Label");
        Assert.That(splits, Has.Count.EqualTo(5));
        foreach (var split in splits)
        {
            var (train, test) = (Rows(split.TrainSet), Rows(split.TestSet));
            Assert.That(train, Has.Count.EqualTo((int)(0.8 * (train.Count + test.Count))));
            Assert.That(Cars(test), Is.EqualTo(cars).Within(0.005));
            Assert.That(train.Concat(test).Select(r => r.Name).Order(), Is.EqualTo(Rows(data).Select(r => r.Name).Order()));
        }
        Assert.That(splits.Select(s => string.Join(" ", Rows(s.TestSet).Select(r => r.Name))).Distinct().Count(), Is.EqualTo(5));
    }

    [Test]
    public void Without_classes_rows_are_drawn_from_one_permutation_a_split()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => new Tile { Name = $"{i}" }).ToList());
        var split = _ml.Data.StratifiedShuffleSplit(data, labelColumnName: null, numberOfSplits: 1, seed: 0)[0];
        Assert.That(Rows(split.TestSet).Select(r => r.Name), Is.EqualTo(new[] { "0", "5" }), "the last two of numpy's 2 8 4 9 1 6 7 3 0 5");
    }

    [Test]
    public void Groups_may_be_whole_numbers_or_Booleans()
    {
        var rows = Enumerable.Range(0, 30).Select(i => new Numbered { Patient = i % 7, Known = i % 2 == 0 }).ToList();
        var data = _ml.Data.LoadFromEnumerable(rows);
        var split = _ml.Data.GroupedTrainTestSplit(data, "Patient", seed: 1);
        Assert.That(split.TrainSet.GetColumn<int>("Patient").Intersect(split.TestSet.GetColumn<int>("Patient")), Is.Empty);
        Assert.That(_ml.Data.StratifiedShuffleSplit(data, "Known")[0].TestSet.GetColumn<bool>("Known").Count(known => known), Is.EqualTo(3));
    }

    private sealed class Numbered
    {
        public int Patient { get; set; }

        public bool Known { get; set; }
    }

    [Test]
    public void A_class_that_is_too_small_for_both_sets_is_named()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 42).Select(i => new Tile { Label = i < 40 ? "many" : "few" }).ToList());
        Assert.That(() => _ml.Data.StratifiedShuffleSplit(data), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'few' in column 'Label' has 2 row(s)"));
    }

    [Test]
    public void What_cannot_be_split_is_named()
    {
        var data = Tiles();
        Assert.That(() => _ml.Data.GroupedTrainTestSplit(data, "Fame"), Throws.InstanceOf<ArgumentException>().With.Message.Contains("'Fame'").And.Message.Contains("Frame"));
        Assert.That(() => _ml.Data.GroupedTrainTestSplit(data, testFraction: 1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("testFraction is 1"));
        Assert.That(() => _ml.Data.GroupedCrossValidationSplit(data, numberOfFolds: 13), Throws.InstanceOf<ArgumentException>().With.Message.Contains("12 different values").And.Message.Contains("13"));
        Assert.That(() => _ml.Data.GroupedCrossValidationSplit(data, numberOfFolds: 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        var missing = _ml.Data.LoadFromEnumerable(new List<Tile> { new() { Frame = "a" }, new() });
        Assert.That(() => _ml.Data.GroupedTrainTestSplit(missing), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("row 1").And.Message.Contains("'Frame'"));
        var numbers = _ml.Data.LoadFromEnumerable(new[] { new { Frame = 1f }, new { Frame = 2f } });
        Assert.That(() => _ml.Data.GroupedTrainTestSplit(numbers), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Single").And.Message.Contains("MapValueToKey"));
        Assert.That(() => _ml.Data.StratifiedShuffleSplit(_ml.Data.TakeRows(data, 3), testFraction: 0.9), Throws.InstanceOf<ArgumentException>().With.Message.Contains("3 rows").And.Message.Contains("would be empty"));
        Assert.That(() => _ml.Data.GroupedTrainTestSplit(_ml.Data.LoadFromEnumerable(new List<Tile>())), Throws.InstanceOf<ArgumentException>().With.Message.Contains("no row"));
    }

    private List<Tile> Rows(IDataView data) => [.. _ml.Data.CreateEnumerable<Tile>(data, reuseRowObject: false)];

    private static double Cars(List<Tile> rows) => rows.Count(r => r.Label == "car") / (double)rows.Count;
}
