using Lens2Logit.Simd;

namespace Lens2Logit.Tests.Simd;

/// <summary>Operations that move lanes, for every width of vectors.</summary>
public class LaneOrderTests
{
    [Test]
    public void Even_and_odd_lanes_of_two_vectors_are_every_second_value() => ForEachWidth((first, second, even, odd, _, _) =>
    {
        var values = first.Concat(second).ToArray();
        Assert.That(even, Is.EqualTo(values.Where((_, i) => i % 2 == 0)));
        Assert.That(odd, Is.EqualTo(values.Where((_, i) => i % 2 == 1)));
    });

    [Test]
    public void Pairs_of_lanes_take_turns_between_two_vectors() => ForEachWidth((first, second, _, _, lower, upper) =>
        Assert.That(lower.Concat(upper), Is.EqualTo(first.Zip(second).SelectMany(pair => new[] { pair.First, pair.Second }))));

    private delegate void Check(float[] first, float[] second, float[] even, float[] odd, float[] lower, float[] upper);

    private static void ForEachWidth(Check check)
    {
        Apply<Simd128>(check);
        Apply<Simd256>(check);
        Apply<Simd512>(check);
    }

    private static unsafe void Apply<TVector>(Check check)
        where TVector : unmanaged, ISimd<TVector>
    {
        float[] first = [.. Enumerable.Range(1, TVector.Lanes).Select(i => (float)i)], second = [.. Enumerable.Range(101, TVector.Lanes).Select(i => (float)i)];
        fixed (float* a = first, b = second)
        {
            TVector x = TVector.Load(a), y = TVector.Load(b);
            check(first, second, Stored(TVector.EvenLanes(x, y)), Stored(TVector.OddLanes(x, y)), Stored(TVector.LowerPairs(x, y)), Stored(TVector.UpperPairs(x, y)));
        }

        static float[] Stored(TVector vector)
        {
            var values = new float[TVector.Lanes];
            fixed (float* target = values)
                vector.Store(target);
            return values;
        }
    }
}
