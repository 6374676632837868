using Lens2Logit.MLNet.Data;

namespace Microsoft.ML;

/// <summary>Ways to split data for cross-validation that ML.NET does not have.</summary>
public static class Lens2LogitDataSplits
{
    /// <summary>
    /// Repeated random splits in which every class has the same share of the training and the test rows. Splits of one seed differ from each other; a row
    /// may be tested in several, or in none. The paper uses five, with a fifth to test.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="data">The data; its class column is read now, the rest when a split is used.</param>
    /// <param name="labelColumnName">Column of the class: text, a whole number or a key.</param>
    /// <param name="splits">Number of splits, at least 1.</param>
    /// <param name="testFraction">Share of each class to test on, between 0 and 1.</param>
    /// <param name="seed">Selects the splits.</param>
    /// <exception cref="ArgumentException">The column is missing or of another type, or a number is out of range.</exception>
    /// <exception cref="InvalidDataException">A class has too few rows to be on both sides; the message names it.</exception>
    public static IReadOnlyList<DataSplit> StratifiedShuffleSplit(this DataOperationsCatalog catalog, IDataView data, string labelColumnName = "Label", int splits = 5, double testFraction = 0.2, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentOutOfRangeException.ThrowIfLessThan(splits, 1);
        if (!(testFraction is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(testFraction), testFraction, "Expected a share between 0 and 1.");
        return RowSplits.Stratified(data, labelColumnName, splits, testFraction, seed);
    }

    /// <summary>
    /// Folds in which all rows of a group (a frame, a patient) are on the same side, so that a model is not tested on what it has half seen. Every group is
    /// tested in exactly one fold; groups are dealt at random, the largest first, to the fold with the fewest rows.
    /// </summary>
    /// <param name="catalog">The data catalog.</param>
    /// <param name="data">The data; its group column is read now, the rest when a fold is used.</param>
    /// <param name="groupColumnName">Column of the group: text, a whole number or a key.</param>
    /// <param name="folds">Number of folds, at least 2.</param>
    /// <param name="seed">Selects the folds.</param>
    /// <exception cref="ArgumentException">The column is missing or of another type, or the number is out of range.</exception>
    /// <exception cref="InvalidDataException">There are fewer groups than folds.</exception>
    public static IReadOnlyList<DataSplit> GroupedSplit(this DataOperationsCatalog catalog, IDataView data, string groupColumnName, int folds = 5, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        return RowSplits.Grouped(data, groupColumnName, folds, seed);
    }
}
