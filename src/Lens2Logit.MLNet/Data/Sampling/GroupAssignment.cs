namespace Lens2Logit.MLNet.Data.Sampling;

/// <summary>Deals groups of rows out to parts, whole, so that every part comes near its share of the rows of every class.</summary>
internal static class GroupAssignment
{
    /// <param name="groups">The group of each row, from 0.</param>
    /// <param name="classes">The class of each row, from 0.</param>
    /// <param name="shares">The share of each part; they add up to 1.</param>
    /// <param name="seed">Decides between groups that fit as well.</param>
    /// <returns>The part of each group. Every part has at least one.</returns>
    /// <remarks>
    /// Groups come in order of size, equals by lot, and each goes where the sum of squared differences from the shares, over classes and parts, is
    /// then least. Same idea as scikit-learn's <c>StratifiedGroupKFold</c>, for parts of unequal size too.
    /// </remarks>
    public static int[] Assign(IReadOnlyList<int> groups, IReadOnlyList<int> classes, IReadOnlyList<double> shares, uint seed)
    {
        int groupCount = groups.Max() + 1, classCount = classes.Max() + 1;
        var counts = new double[groupCount, classCount];
        var totals = new double[classCount];
        var sizes = new int[groupCount];
        for (int row = 0; row < groups.Count; row++)
        {
            counts[groups[row], classes[row]]++;
            totals[classes[row]]++;
            sizes[groups[row]]++;
        }
        var filled = new double[shares.Count, classCount];
        var members = new int[shares.Count];
        var parts = new int[groupCount];
        int[] order = [.. MersenneTwister.Numpy(seed).NumpyPermutation(groupCount).OrderByDescending(g => sizes[g])];
        for (int i = 0; i < groupCount; i++)
        {
            int group = order[i];
            // As many groups are left as parts are empty: each takes one.
            bool onlyEmpty = groupCount - i <= members.Count(m => m == 0);
            int part = Enumerable.Range(0, shares.Count).Where(p => !onlyEmpty || members[p] == 0).MinBy(p => Change(group, p));
            for (int c = 0; c < classCount; c++)
                filled[part, c] += counts[group, c];
            members[part]++;
            parts[group] = part;
        }
        return parts;

        double Change(int group, int part)
        {
            double change = 0;
            for (int c = 0; c < classCount; c++)
            {
                double before = filled[part, c] / totals[c] - shares[part], after = before + counts[group, c] / totals[c];
                change += after * after - before * before;
            }
            return change;
        }
    }
}
