using Lens2Logit.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Data;

public class DataSplitTests
{
    private readonly MLContext _ml = SmallData.Context();

    // Class a: 20 rows, b: 10, c: 5; frames of 1 to 7 rows.
    private IDataView Data => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 35).Select(i => new Row
    {
        Label = i < 20 ? "a" : i < 30 ? "b" : "c",
        Frame = (int)Math.Sqrt(2 * i),
        Name = $"{i}",
    }).ToList());

    [Test]
    public void Stratified_splits_keep_the_share_of_every_class_and_differ()
    {
        var splits = _ml.Data.StratifiedShuffleSplit(Data, splits: 3);
        foreach (var split in splits)
        {
            Assert.That(Counts(split.Test), Is.EqualTo(new[] { 4, 2, 1 }));
            Assert.That(Counts(split.Train), Is.EqualTo(new[] { 16, 8, 4 }));
            Assert.That(Names(split.Train).Concat(Names(split.Test)), Is.EquivalentTo(Names(Data)));
        }
        Assert.That(Names(splits[0].Test), Is.Not.EqualTo(Names(splits[1].Test)));
        Assert.That(Names(_ml.Data.StratifiedShuffleSplit(Data, splits: 1)[0].Test), Is.EqualTo(Names(splits[0].Test)), "repeatable");
        Assert.That(Names(_ml.Data.StratifiedShuffleSplit(Data, splits: 1, seed: 2)[0].Test), Is.Not.EqualTo(Names(splits[0].Test)));

        static int[] Counts(IDataView view) => [.. view.GetColumn<string>("Label").CountBy(label => label).OrderBy(c => c.Key).Select(c => c.Value)];
    }

    [Test]
    public void Grouped_folds_test_every_group_once_and_never_train_on_it()
    {
        var folds = _ml.Data.GroupedSplit(Data, "Frame", folds: 3);
        foreach (var fold in folds)
        {
            Assert.That(fold.Test.GetColumn<int>("Frame").Intersect(fold.Train.GetColumn<int>("Frame")), Is.Empty);
            Assert.That(Names(fold.Test), Has.Length.InRange(10, 13), "about as many rows each");
        }
        Assert.That(folds.SelectMany(fold => Names(fold.Test)), Is.EquivalentTo(Names(Data)));
    }

    [Test]
    public void A_split_can_be_shuffled_cached_and_read_in_parts()
    {
        var test = _ml.Data.StratifiedShuffleSplit(Data)[0].Train;
        Assert.That(Names(_ml.Data.ShuffleRows(test, seed: 1)), Is.EquivalentTo(Names(test)).And.Not.EqualTo(Names(test)));
        Assert.That(Names(_ml.Data.Cache(test)), Is.EqualTo(Names(test)));
        Assert.That(Names(_ml.Data.TakeRows(test, 3)), Is.EqualTo(Names(test)[..3]));
        using var cursor = test.GetRowCursor(test.Schema);
        for (long row = 0; cursor.MoveNext(); row++)
            Assert.That(cursor.Position, Is.EqualTo(row));
    }

    [Test]
    public void What_cannot_be_split_says_why()
    {
        Assert.That(() => _ml.Data.StratifiedShuffleSplit(Data, testFraction: 0.05), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'b' in column 'Label' has 10 row(s)").Or.Message.Contains("'c' in column 'Label' has 5 row(s)"));
        Assert.That(() => _ml.Data.StratifiedShuffleSplit(Data, testFraction: 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => _ml.Data.StratifiedShuffleSplit(Data, "Class"), Throws.ArgumentException.With.Message.Contains("'Class'").And.Message.Contains("Label"));
        Assert.That(() => _ml.Data.GroupedSplit(Data, "Label"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("has 3 group(s); 5 folds"));
        Assert.That(() => _ml.Data.GroupedSplit(SmallData.Scenes(_ml), "Scene"), Throws.ArgumentException.With.Message.Contains("'Scene'"));
    }

    private static string[] Names(IDataView view) => [.. view.GetColumn<string>("Name")];

    private sealed class Row
    {
        public string Label { get; set; } = "";

        public int Frame { get; set; }

        public string Name { get; set; } = "";
    }
}
