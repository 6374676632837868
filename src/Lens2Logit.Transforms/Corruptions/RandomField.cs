using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Corruptions;

/// <summary>The random numbers of one corruption of one image: a stream for every place, independent of all others.</summary>
internal readonly struct RandomField
{
    private readonly uint _seed, _tag;
    private readonly ulong _rowKey;

    public RandomField(int seed, string corruption, ulong rowKey)
    {
        _seed = (uint)seed;
        _tag = Tag(corruption);
        _rowKey = rowKey;
    }

    /// <summary>The stream of place <paramref name="index"/>.</summary>
    public PixelStream At(int index) => new(_seed, _tag, (uint)index, _rowKey);

    // FNV-1a. The name in the key keeps corruptions independent of each other, and of a sensor's noise under the same seed.
    private static uint Tag(string name)
    {
        uint hash = 2166136261;
        foreach (char letter in name)
            hash = unchecked((hash ^ letter) * 16777619);
        return hash;
    }
}
