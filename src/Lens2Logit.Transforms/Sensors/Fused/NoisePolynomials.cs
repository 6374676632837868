using System.Runtime.CompilerServices;
using Lens2Logit.RandomNumbers;
using Lens2Logit.Simd;

namespace Lens2Logit.Sensors.Fused;

/// <summary>
/// Polynomials in single precision for the functions behind random numbers, interpolated once from their definitions in double
/// precision. Their errors only decide how many pixels are left to <see cref="PlainMeasurement"/>.
/// </summary>
internal static unsafe class NoisePolynomials
{
    /// <summary>
    /// A table of 16 for each power: in place e mod 16 the coefficients of −Φ⁻¹(2^(e − 159)·(1.5 + t)) for |t| ≤ ½, that is the normal
    /// quantile where the tail is that part of 2^−32, for the tails down to <see cref="SmallestTail"/>.
    /// </summary>
    public const int Normal = 0, NormalDegree = 6, TableLength = 16;

    /// <summary><see cref="PoissonExpansion.Curvature"/>, of s less <see cref="DeviationCentre"/>.</summary>
    public const int Curvature = Normal + ((NormalDegree + 1) * TableLength), CurvatureDegree = 8;

    /// <summary><see cref="PoissonExpansion.Shift"/>, of s less <see cref="DeviationCentre"/>.</summary>
    public const int Shift = Curvature + CurvatureDegree + 1, ShiftDegree = 7;

    /// <summary>2^t for |t| ≤ ½.</summary>
    public const int Exponential = Shift + ShiftDegree + 1, ExponentialDegree = 5;

    /// <summary>Not a polynomial: 1/k in place k.</summary>
    public const int Reciprocals = Exponential + ExponentialDegree + 1, LargestReciprocal = 40;

    /// <summary>Normal numbers are computed for probabilities of at least this much on either side.</summary>
    public const float SmallestTail = 1f / (1 << 15);

    /// <summary>The interval of s = w/√λ in which counts are computed; its lower end comes near the branch point −√2.</summary>
    public const float DeviationCentre = 0.15f, DeviationRadius = 1.25f;

    private static readonly float[] Numbers = Interpolate();

    /// <summary>All coefficients, the lowest power first. They stay where they are.</summary>
    public static float* Coefficients => (float*)Unsafe.AsPointer(ref Numbers[0]);

    /// <summary>The polynomial of degree 5 to 8 that begins at <paramref name="coefficients"/>, at <paramref name="t"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Evaluate<TVector>(float* coefficients, int degree, TVector t)
        where TVector : unmanaged, ISimd<TVector>
    {
        // Horner's scheme, not as a loop: for a degree that the compiler knows multiplications remain and nothing else.
        var sum = TVector.Broadcast(coefficients[degree]);
        sum = degree > 7 ? TVector.MultiplyAdd(sum, t, TVector.Broadcast(coefficients[7])) : sum;
        sum = degree > 6 ? TVector.MultiplyAdd(sum, t, TVector.Broadcast(coefficients[6])) : sum;
        sum = degree > 5 ? TVector.MultiplyAdd(sum, t, TVector.Broadcast(coefficients[5])) : sum;
        sum = TVector.MultiplyAdd(sum, t, TVector.Broadcast(coefficients[4]));
        sum = TVector.MultiplyAdd(sum, t, TVector.Broadcast(coefficients[3]));
        sum = TVector.MultiplyAdd(sum, t, TVector.Broadcast(coefficients[2]));
        sum = TVector.MultiplyAdd(sum, t, TVector.Broadcast(coefficients[1]));
        return TVector.MultiplyAdd(sum, t, TVector.Broadcast(coefficients[0]));
    }

    private static float[] Interpolate()
    {
        var numbers = GC.AllocateArray<float>(Reciprocals + LargestReciprocal + 1, pinned: true);

        // Beyond ½ rounding may lead, where the quantile is 0 as the table is.
        for (var exponent = 159 + (int)MathF.Log2(SmallestTail); exponent < 158; exponent++)
        {
            var scale = Math.ScaleB(1, exponent - 159);
            Fill(Normal + (exponent % TableLength), TableLength, NormalDegree, 0.5, t => -NormalQuantile.At(scale * (1.5 + t)));
        }

        Fill(Curvature, 1, CurvatureDegree, DeviationRadius, t => PoissonExpansion.Curvature(t + DeviationCentre));
        Fill(Shift, 1, ShiftDegree, DeviationRadius, t => PoissonExpansion.Shift(t + DeviationCentre));
        Fill(Exponential, 1, ExponentialDegree, 0.5, t => Math.Pow(2, t));
        for (var count = 1; count <= LargestReciprocal; count++)
        {
            numbers[Reciprocals + count] = 1f / count;
        }

        return numbers;

        void Fill(int start, int stride, int degree, double radius, Func<double, double> function)
        {
            var polynomial = ChebyshevPolynomial.Interpolate(function, radius, degree);
            for (var power = 0; power <= degree; power++)
            {
                numbers[start + (power * stride)] = (float)polynomial[power];
            }
        }
    }
}
