namespace Lens2Logit.MLNet.Drift;

/// <summary>Training and test rows, shuffled, with the share of each class the same in both as far as whole rows allow.</summary>
internal sealed record StratifiedSplit(int[] Train, int[] Test)
{
    /// <param name="labels">Label of each row.</param>
    /// <param name="testShare">Share of the test rows, in (0, 1).</param>
    /// <param name="seed">Seed of the shuffle.</param>
    public static StratifiedSplit Of(IReadOnlyList<string> labels, double testShare, int seed)
    {
        var random = new Random(seed);
        var (train, test) = (new List<int>(), new List<int>());
        foreach (var rows in Enumerable.Range(0, labels.Count).GroupBy(row => labels[row]).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var shuffled = rows.ToArray();
            random.Shuffle(shuffled);
            int tests = (int)Math.Round(testShare * shuffled.Length);
            test.AddRange(shuffled[..tests]);
            train.AddRange(shuffled[tests..]);
        }
        return new([.. train.Order()], [.. test.Order()]);
    }
}
