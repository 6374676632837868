using System.Runtime.CompilerServices;
using Lens2Logit.RandomNumbers;
using Lens2Logit.Simd;

namespace Lens2Logit.Sensors.Fused;

/// <summary>
/// Poisson quantiles in single precision, each with a margin: where it is not negative the quantile is that of
/// <see cref="PoissonQuantile"/>, elsewhere the errors leave a choice between two counts.
/// </summary>
internal static unsafe class PoissonLanes
{
    /// <summary>Rates up to this are searched, those above expanded.</summary>
    public const float SearchLimit = 8;

    /// <summary>Bound of the error of the sums of probabilities, and of the uniform number.</summary>
    public const float SearchSlack = 4e-6f;

    /// <summary>Bound of the error of the expansion at a rate λ: of the polynomials, and per √λ of the normal number.</summary>
    public const float ExpansionSlack = 5e-5f, ExpansionSlackPerRoot = 4e-6f;

    /// <summary>Bound of the relative error of the term of 1/λ, with what follows it.</summary>
    public const float RemainderSlack = 0.12f;

    /// <summary>Computes quantiles.</summary>
    /// <param name="rate">Rates λ; as many as <paramref name="count"/>, rounded up to whole vectors, as all that follows.</param>
    /// <param name="words">Upper words of the uniform numbers.</param>
    /// <param name="normal">Their normal quantiles, by <see cref="NormalLanes"/>.</param>
    /// <param name="count">How many.</param>
    /// <param name="charge">Receives the counts.</param>
    /// <param name="margin">Margins of the normal quantiles; receives those of the counts.</param>
    public static void Fill<TVector>(float* rate, float* words, float* normal, int count, float* charge, float* margin)
        where TVector : unmanaged, ISimdWords<TVector>
    {
        ExpandAll<TVector>(rate, normal, count, charge, margin);
        SearchAll<TVector>(rate, words, count, charge, margin);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ExpandAll<TVector>(float* rate, float* normal, int count, float* charge, float* margin)
        where TVector : unmanaged, ISimdWords<TVector>
    {
        var coefficients = NoisePolynomials.Coefficients;
        var limit = TVector.Broadcast(SearchLimit);
        var allLanes = uint.MaxValue >> (32 - TVector.Lanes);
        for (var x = 0; x < count; x += TVector.Lanes)
        {
            var rates = TVector.Load(rate + x);
            if (TVector.MaskBits(TVector.GreaterOrEqual(limit, rates)) != allLanes)
            {
                var resultMargin = TVector.Load(margin + x);
                Expand(rates, TVector.Load(normal + x), coefficients, ref resultMargin).Store(charge + x);
                resultMargin.Store(margin + x);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void SearchAll<TVector>(float* rate, float* words, int count, float* charge, float* margin)
        where TVector : unmanaged, ISimdWords<TVector>
    {
        var coefficients = NoisePolynomials.Coefficients;
        var limit = TVector.Broadcast(SearchLimit);
        for (var x = 0; x < count; x += TVector.Lanes)
        {
            var rates = TVector.Load(rate + x);
            var isSearched = TVector.GreaterOrEqual(limit, rates);
            if (TVector.MaskBits(isSearched) != 0)
            {
                var found = Search(rates, TVector.Load(words + x), isSearched, coefficients, out var foundMargin);
                TVector.Select(isSearched, found, TVector.Load(charge + x)).Store(charge + x);
                TVector.Select(isSearched, foundMargin, TVector.Load(margin + x)).Store(margin + x);
            }
        }
    }

    /// <summary>For rates above <see cref="SearchLimit"/>: x of <see cref="PoissonExpansion"/>, whose whole part is the count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Expand<TVector>(TVector rate, TVector normal, float* coefficients, ref TVector margin)
        where TVector : unmanaged, ISimdWords<TVector>
    {
        var root = TVector.Sqrt(rate);
        var t = (normal / root) - TVector.Broadcast(NoisePolynomials.DeviationCentre);
        var curvature = NoisePolynomials.Evaluate(coefficients + NoisePolynomials.Curvature, NoisePolynomials.CurvatureDegree, t);
        var shift = NoisePolynomials.Evaluate(coefficients + NoisePolynomials.Shift, NoisePolynomials.ShiftDegree, t);
        var leading = normal * TVector.MultiplyAdd(normal, curvature, root);

        // The term of 1/λ in the form that Giles gives it for single precision, fitted to within some percent.
        var remainder = TVector.Broadcast(0.0212f)
            * TVector.ReciprocalEstimate(TVector.MultiplyAdd(TVector.Broadcast(1.065f), rate, leading));

        // The whole part of the rate is kept apart, so that the fraction keeps its digits.
        var whole = TVector.Floor(rate);
        var excess = (rate - whole) + (leading + (shift - remainder));
        var count = TVector.Floor(excess);
        var fraction = excess - count;
        var slack = TVector.MultiplyAdd(root, TVector.Broadcast(ExpansionSlackPerRoot), TVector.Broadcast(ExpansionSlack));
        slack = TVector.MultiplyAdd(remainder, TVector.Broadcast(RemainderSlack), slack);
        margin = TVector.Min(margin, TVector.Min(fraction, TVector.Broadcast(1) - fraction) - slack);
        margin = TVector.Min(margin, TVector.Broadcast(NoisePolynomials.DeviationRadius) - TVector.Abs(t));
        return whole + count;
    }

    /// <summary>For rates up to <see cref="SearchLimit"/>: how many sums of probabilities are less than the uniform number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Search<TVector>(TVector rate, TVector words, TVector isSearched, float* coefficients, out TVector margin)
        where TVector : unmanaged, ISimdWords<TVector>
    {
        // Other lanes end at once.
        var uniform = TVector.MultiplyAdd(
            TVector.WordsToNumbers(words ^ TVector.BroadcastWord(0x8000_0000)), TVector.Broadcast(1f / (1UL << 32)), TVector.Broadcast(0.5f));
        uniform = TVector.Select(isSearched, uniform, TVector.Broadcast(-1));
        TVector one = TVector.Broadcast(1), count = TVector.Broadcast(0), last = TVector.Broadcast(-1);
        var above = uniform + TVector.Broadcast(SearchSlack);
        var probability = ExponentialOfMinus(rate, coefficients);
        var sum = probability;
        for (var number = 1; number <= NoisePolynomials.LargestReciprocal; number++)
        {
            var isReached = TVector.GreaterOrEqual(above, sum);
            if (TVector.MaskBits(isReached) == 0)
            {
                break;
            }

            count = TVector.Select(isReached, count + one, count);
            last = TVector.Select(isReached, sum, last);
            probability *= rate * TVector.Broadcast(coefficients[NoisePolynomials.Reciprocals + number]);
            sum += probability;
        }

        // The next sum is out of reach; the last one must be so on the other side.
        margin = uniform - TVector.Broadcast(SearchSlack) - last;
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExponentialOfMinus<TVector>(TVector value, float* coefficients)
        where TVector : unmanaged, ISimdWords<TVector>
    {
        var exponent = value * TVector.Broadcast(-1.44269504f);
        var whole = TVector.Round(exponent);
        var power = TVector.ShiftLeft(TVector.AddWords(TVector.NumbersToWords(whole), TVector.BroadcastWord(127)), 23);
        return power * NoisePolynomials.Evaluate(
            coefficients + NoisePolynomials.Exponential, NoisePolynomials.ExponentialDegree, exponent - whole);
    }
}
