using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused;

/// <summary>
/// v^(1/γ) on [0, 1] for vectors: v = 2^e·m gives 2^(e/γ)·m^(1/γ), the first factor from a table, the second from a polynomial.
/// Values below 2^−24, half a step of float32 at white, count as zero: the linear part is less precise than that.
/// </summary>
internal sealed unsafe class GammaCurve
{
    public const int Degree = 6;

    // Beyond this error the polynomial does not fit; that is so for γ below about 0.1.
    private const double Tolerance = 2e-7;

    /// <summary>Numbers of a curve: [octave table, polynomial]; the polynomial's variable is the mantissa minus 1.5.</summary>
    public const int Length = OctaveTable.Length + Degree + 1;

    private readonly float[] _numbers = GC.AllocateArray<float>(Length, pinned: true);

    public GammaCurve(double gamma) => IsAccurate = TryFill(gamma, _numbers);

    /// <summary>Whether the absolute error stays below 3e-7, that of rounding included.</summary>
    public bool IsAccurate { get; }

    public float* Table => (float*)Unsafe.AsPointer(ref _numbers[0]);

    /// <summary>Computes the numbers of a curve; false if the polynomial does not fit it.</summary>
    public static bool TryFill(double gamma, Span<float> numbers)
    {
        double exponent = 1 / gamma;
        OctaveTable.FillPowers(exponent, numbers);
        var polynomial = ChebyshevPolynomial.Interpolate(t => Math.Pow(1.5 + t, exponent), 0.5, Degree);
        for (int i = 0; i <= Degree; i++)
            numbers[OctaveTable.Length + i] = (float)polynomial[i];

        // The error oscillates eight times between the ends.
        double error = 0, white = Math.Pow(2, exponent);
        for (double t = -0.5; t <= 0.5; t += 1.0 / 64)
            error = Math.Max(error, Math.Abs(ChebyshevPolynomial.Evaluate(polynomial, t) - Math.Pow(1.5 + t, exponent)) / white);
        return error <= Tolerance;
    }
}
