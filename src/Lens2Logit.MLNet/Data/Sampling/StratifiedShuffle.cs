namespace Lens2Logit.MLNet.Data.Sampling;

/// <summary>
/// The paper's random protocol: splits that keep the share of every class, drawn independently of one another. The rows are those that
/// scikit-learn's <c>StratifiedShuffleSplit</c> draws for the same classes and seed; without classes, those of a numpy permutation.
/// </summary>
internal static class StratifiedShuffle
{
    /// <param name="classes">The class of each row; numbers follow the ordinal order of the names.</param>
    /// <param name="testFraction">Share of test rows, above 0 and below 1.</param>
    /// <param name="splits">Number of splits.</param>
    /// <param name="seed">Seed.</param>
    /// <returns>The rows of the test set of each split.</returns>
    public static IEnumerable<IReadOnlyList<int>> TestRows(IReadOnlyList<int> classes, double testFraction, int splits, uint seed)
    {
        var random = MersenneTwister.Numpy(seed);
        // scikit-learn is given the training fraction and rounds it down; all others are tested on.
        int train = TrainCount(classes.Count, testFraction), test = classes.Count - train;
        int[][] members = [.. Enumerable.Range(0, classes.Max() + 1).Select(c => Enumerable.Range(0, classes.Count).Where(row => classes[row] == c).ToArray())];
        int[] counts = [.. members.Select(m => m.Length)];
        for (int split = 0; split < splits; split++)
        {
            var trainCounts = Shares(counts, train, random);
            var testCounts = Shares([.. counts.Zip(trainCounts, (all, taken) => all - taken)], test, random);
            var rows = new List<int>();
            for (int c = 0; c < counts.Length; c++)
            {
                var order = random.NumpyPermutation(counts[c]);
                rows.AddRange(order.Skip(trainCounts[c]).Take(testCounts[c]).Select(i => members[c][i]));
            }
            // scikit-learn then shuffles both sets; the order within a set does not matter here, the state of the generator does.
            random.NumpyPermutation(train);
            random.NumpyPermutation(test);
            yield return rows;
        }
    }

    /// <summary>The protocol without classes: the first rows of each permutation are trained on.</summary>
    public static IEnumerable<IReadOnlyList<int>> TestRows(int count, double testFraction, int splits, uint seed)
    {
        var random = MersenneTwister.Numpy(seed);
        for (int split = 0; split < splits; split++)
            yield return random.NumpyPermutation(count)[TrainCount(count, testFraction)..];
    }

    /// <summary>Rows to train on: the rest, rounded down. A share such as 0.8 must not lose a row to binary fractions.</summary>
    public static int TrainCount(int count, double testFraction) => (int)Math.Floor(count * Math.Round(1 - testFraction, 12));

    /// <summary>How many of each class to draw: proportional, the remainder to the greatest fractions, ties by lot.</summary>
    private static int[] Shares(int[] counts, int draws, MersenneTwister random)
    {
        double total = counts.Sum();
        double[] exact = [.. counts.Select(c => c / total * draws)];
        int[] shares = [.. exact.Select(e => (int)Math.Floor(e))];
        int missing = draws - shares.Sum();
        foreach (var tie in Enumerable.Range(0, counts.Length).GroupBy(c => exact[c] - Math.Floor(exact[c])).OrderByDescending(g => g.Key))
        {
            if (missing == 0)
                break;
            int[] classes = [.. tie];
            int taken = Math.Min(classes.Length, missing);
            foreach (var i in random.NumpyPermutation(classes.Length).Take(taken))
                shares[classes[i]]++;
            missing -= taken;
        }
        return shares;
    }
}
