namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>Shuffles a sequence that is too long for memory: holds some items and gives one of them, at random, for each that comes.</summary>
internal static class ShufflePool
{
    public static IEnumerable<T> Shuffle<T>(IEnumerable<T> items, int size, int seed)
    {
        var random = new Random(seed);
        var pool = new List<T>(size);
        foreach (var item in items)
        {
            if (pool.Count < size)
            {
                pool.Add(item);
                continue;
            }
            int index = random.Next(size);
            yield return pool[index];
            pool[index] = item;
        }
        var rest = pool.ToArray();
        random.Shuffle(rest);
        foreach (var item in rest)
            yield return item;
    }
}
