using Lens2Logit.MLNet.Data.Sampling;
using Lens2Logit.MLNet.Interop;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Splits of data sets in which some rows are more alike than others: tiles of one frame, or one image at several intensities.</summary>
public static class Lens2LogitSplitCatalog
{
    /// <summary>
    /// Splits rows so that all rows of a group are on the same side: nothing that a model was trained on, such as the next tile of the same
    /// frame, is in the test set. Both sides come as near to their share of the rows (of each class, if a label is given) as whole groups allow.
    /// </summary>
    /// <remarks>
    /// ML.NET's own <c>TrainTestSplit</c> keeps groups together too if it is given a sampling key; it draws each group on its own, so that with a
    /// dozen frames the test set may hold none of them, or half.
    /// </remarks>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="data">The rows.</param>
    /// <param name="groupColumnName">Column of the groups: text, a whole number, Boolean or a key.</param>
    /// <param name="testFraction">Share of the test set, above 0 and below 1.</param>
    /// <param name="labelColumnName">Column of the classes, likewise; null if there are none.</param>
    /// <param name="seed">Decides between groups that fit as well; null for the context's seed.</param>
    /// <exception cref="ArgumentException">A column does not exist or is of another type, there are fewer than two groups, or the fraction is out of range.</exception>
    /// <exception cref="InvalidDataException">A row has no group or no label.</exception>
    public static DataOperationsCatalog.TrainTestData GroupedTrainTestSplit(this DataOperationsCatalog catalog, IDataView data, string groupColumnName = "Frame",
        double testFraction = 0.2, string? labelColumnName = null, int? seed = null)
    {
        RequireFraction(testFraction);
        return Assign(catalog, data, groupColumnName, labelColumnName, [1 - testFraction, testFraction], seed)[1];
    }

    /// <summary>Splits rows for cross validation so that all rows of a group are in the same fold, see <see cref="GroupedTrainTestSplit"/>.</summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="data">The rows.</param>
    /// <param name="groupColumnName">Column of the groups: text, a whole number, Boolean or a key.</param>
    /// <param name="numberOfFolds">Number of folds, at least 2.</param>
    /// <param name="labelColumnName">Column of the classes, likewise; null if there are none.</param>
    /// <param name="seed">Decides between groups that fit as well; null for the context's seed.</param>
    /// <returns>For each fold, the fold as test set and the others as training set.</returns>
    /// <exception cref="ArgumentException">A column does not exist or is of another type, there are fewer groups than folds, or fewer than two folds.</exception>
    /// <exception cref="InvalidDataException">A row has no group or no label.</exception>
    public static IReadOnlyList<DataOperationsCatalog.TrainTestData> GroupedCrossValidationSplit(this DataOperationsCatalog catalog, IDataView data,
        string groupColumnName = "Frame", int numberOfFolds = 5, string? labelColumnName = null, int? seed = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numberOfFolds, 2);
        return Assign(catalog, data, groupColumnName, labelColumnName, [.. Enumerable.Repeat(1.0 / numberOfFolds, numberOfFolds)], seed);
    }

    /// <summary>
    /// The paper's random protocol: independent splits, each with the same share of every class, whatever frame a row comes from. It draws the
    /// rows that scikit-learn's <c>StratifiedShuffleSplit</c> draws, so that results can be compared with published ones, and it lets tiles of
    /// one frame into both sets: use <see cref="GroupedTrainTestSplit"/> to learn how a model does on frames that it has not seen.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="data">The rows, in the published order.</param>
    /// <param name="labelColumnName">Column of the classes: text, a whole number, Boolean or a key; null to draw without classes, as for segmentation.</param>
    /// <param name="numberOfSplits">Number of splits, at least 1. The paper has 5.</param>
    /// <param name="testFraction">Share of the test set, above 0 and below 1. The paper has 0.2.</param>
    /// <param name="seed">Seed, at least 0. The paper has 1.</param>
    /// <exception cref="ArgumentException">A column does not exist or is of another type, or a number is out of range, or one of the sets would be empty.</exception>
    /// <exception cref="InvalidDataException">A row has no label, or a class has too few rows to be in both sets; the message names it.</exception>
    public static IReadOnlyList<DataOperationsCatalog.TrainTestData> StratifiedShuffleSplit(this DataOperationsCatalog catalog, IDataView data,
        string? labelColumnName = "Label", int numberOfSplits = 5, double testFraction = 0.2, int seed = 1)
    {
        MLEnvironment.Of(catalog);
        ArgumentNullException.ThrowIfNull(data);
        RequireFraction(testFraction);
        ArgumentOutOfRangeException.ThrowIfLessThan(numberOfSplits, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        var rows = labelColumnName is null ? RowClasses.Read(data) : RowClasses.Read(data, labelColumnName);
        int count = rows.Ids.Length, train = StratifiedShuffle.TrainCount(count, testFraction);
        if (train == 0 || train == count)
            throw new ArgumentException($"{count} rows cannot be split with {nameof(testFraction)} {testFraction}: one of the sets would be empty.", nameof(testFraction));
        var tests = labelColumnName is null
            ? StratifiedShuffle.TestRows(count, testFraction, numberOfSplits, (uint)seed)
            : StratifiedShuffle.TestRows(rows.Numbers[0], testFraction, numberOfSplits, (uint)seed);
        return [.. tests.Select(test =>
        {
            var isTest = new bool[count];
            foreach (int row in test)
                isTest[row] = true;
            if (labelColumnName is not null)
                RequireEveryClass(rows, isTest, labelColumnName, testFraction);
            return Split(data, rows, row => isTest[row]);
        })];
    }

    private static DataOperationsCatalog.TrainTestData[] Assign(DataOperationsCatalog catalog, IDataView data, string groupColumnName, string? labelColumnName,
        double[] shares, int? seed)
    {
        var host = MLEnvironment.Of(catalog).Register("GroupedSplit");
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(groupColumnName);
        var rows = labelColumnName is null ? RowClasses.Read(data, groupColumnName) : RowClasses.Read(data, groupColumnName, labelColumnName);
        int[] groups = rows.Numbers[0], classes = labelColumnName is null ? new int[groups.Length] : rows.Numbers[1];
        int found = groups.Max() + 1;
        if (found < shares.Length)
            throw new ArgumentException($"Column '{groupColumnName}' has {found} different values; {shares.Length} parts need at least as many.", nameof(groupColumnName));
        var parts = GroupAssignment.Assign(groups, classes, shares, (uint)(seed ?? MLEnvironment.SeedOf(host)));
        return [.. shares.Select((_, part) => Split(data, rows, row => parts[groups[row]] == part))];
    }

    private static DataOperationsCatalog.TrainTestData Split(IDataView data, RowClasses rows, Func<int, bool> isTest)
    {
        var test = new HashSet<DataViewRowId>(Enumerable.Range(0, rows.Ids.Length).Where(isTest).Select(row => rows.Ids[row]));
        return TrainTestSets.Of(
            new RowSubset(data, id => !test.Contains(id), rows.Ids.Length - test.Count),
            new RowSubset(data, test.Contains, test.Count));
    }

    private static void RequireEveryClass(RowClasses rows, bool[] isTest, string labelColumnName, double testFraction)
    {
        int[] classes = rows.Numbers[0];
        var tested = Enumerable.Range(0, classes.Length).GroupBy(row => classes[row]).FirstOrDefault(c => c.All(row => isTest[row]) || !c.Any(row => isTest[row]));
        if (tested is not null)
        {
            throw new InvalidDataException($"'{rows.Names[0][tested.Key]}' in column '{labelColumnName}' has {tested.Count()} row(s): too few for a share of {testFraction} " +
                "to test on and the rest to train on. Leave it out, or merge it.");
        }
    }

    private static void RequireFraction(double testFraction)
    {
        if (!(testFraction > 0 && testFraction < 1))
            throw new ArgumentOutOfRangeException(nameof(testFraction), testFraction, $"{nameof(testFraction)} is {testFraction}; expected above 0 and below 1.");
    }
}
