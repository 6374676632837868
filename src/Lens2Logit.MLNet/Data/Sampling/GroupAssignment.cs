namespace Lens2Logit.MLNet.Data.Sampling;

/// <summary>Deals groups of rows out to parts, whole, so that every part comes near its share of the rows of every class.</summary>
/// <remarks>
/// Groups come one after the other, and each goes where the sum of squared differences from the shares, over classes and parts, is then least
/// (the idea of scikit-learn's <c>StratifiedGroupKFold</c>, for parts of unequal size too). A few orders of the groups are drawn, and the one with the
/// least sum in the end counts: near the shares, and yet another assignment for another seed.
/// </remarks>
internal sealed class GroupAssignment
{
    private const int Orders = 10;

    // Rows of each group, as a share of all rows of the class.
    private readonly double[][] _groups;
    private readonly IReadOnlyList<double> _shares;

    private GroupAssignment(double[][] groups, IReadOnlyList<double> shares) => (_groups, _shares) = (groups, shares);

    /// <param name="groups">The group of each row, from 0.</param>
    /// <param name="classes">The class of each row, from 0.</param>
    /// <param name="shares">The share of each part; they add up to 1.</param>
    /// <param name="seed">Draws the orders.</param>
    /// <returns>The part of each group. Every part has at least one.</returns>
    public static int[] Assign(IReadOnlyList<int> groups, IReadOnlyList<int> classes, IReadOnlyList<double> shares, uint seed)
    {
        int classCount = classes.Max() + 1;
        double[][] counts = [.. Enumerable.Range(0, groups.Max() + 1).Select(_ => new double[classCount])];
        var totals = new double[classCount];
        for (int row = 0; row < groups.Count; row++)
        {
            counts[groups[row]][classes[row]]++;
            totals[classes[row]]++;
        }
        var assignment = new GroupAssignment([.. counts.Select(group => group.Zip(totals, (count, total) => count / total).ToArray())], shares);
        var random = MersenneTwister.Numpy(seed);
        return Enumerable.Range(0, Orders).Select(_ => assignment.InOrder(random.NumpyPermutation(counts.Length))).MinBy(a => a.Distance).Parts!;
    }

    private (int[] Parts, double Distance) InOrder(int[] order)
    {
        double[][] filled = [.. _shares.Select(_ => new double[_groups[0].Length])];
        var members = new int[_shares.Count];
        var parts = new int[_groups.Length];
        for (int i = 0; i < order.Length; i++)
        {
            var group = _groups[order[i]];
            // Where only as many groups are left as parts are empty, each takes one.
            bool onlyEmpty = order.Length - i <= members.Count(m => m == 0);
            int part = Enumerable.Range(0, _shares.Count).Where(p => !onlyEmpty || members[p] == 0).MinBy(p => Distance(filled[p], group, _shares[p]) - Distance(filled[p], null, _shares[p]));
            for (int c = 0; c < group.Length; c++)
                filled[part][c] += group[c];
            members[part]++;
            parts[order[i]] = part;
        }
        return (parts, Enumerable.Range(0, _shares.Count).Sum(p => Distance(filled[p], null, _shares[p])));
    }

    /// <summary>How far a part is from its share of each class, with one more group or without.</summary>
    private static double Distance(double[] filled, double[]? group, double share)
    {
        double sum = 0;
        for (int c = 0; c < filled.Length; c++)
        {
            double difference = filled[c] + (group?[c] ?? 0) - share;
            sum += difference * difference;
        }
        return sum;
    }
}
