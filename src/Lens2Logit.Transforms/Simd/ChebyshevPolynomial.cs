namespace Lens2Logit.Simd;

/// <summary>Polynomials that stand for functions in kernels.</summary>
internal static class ChebyshevPolynomial
{
    /// <summary>The polynomial through the Chebyshev nodes of [−radius, radius], lowest power first: close to the best one.</summary>
    public static double[] Interpolate(Func<double, double> function, double radius, int degree)
    {
        int count = degree + 1;
        double[] nodes = new double[count], divided = new double[count];
        for (int i = 0; i < count; i++)
        {
            nodes[i] = radius * Math.Cos(Math.PI * (2 * i + 1) / (2 * count));
            divided[i] = function(nodes[i]);
        }
        for (int order = 1; order < count; order++)
            for (int i = count - 1; i >= order; i--)
                divided[i] = (divided[i] - divided[i - 1]) / (nodes[i] - nodes[i - order]);
        // Newton's form, multiplied out.
        var powers = new double[count];
        for (int i = degree; i >= 0; i--)
        {
            for (int j = degree; j > 0; j--)
                powers[j] = powers[j - 1] - nodes[i] * powers[j];
            powers[0] = divided[i] - nodes[i] * powers[0];
        }
        return powers;
    }

    /// <summary>The polynomial's value, in double precision.</summary>
    public static double Evaluate(double[] polynomial, double t)
    {
        double sum = 0;
        for (int i = polynomial.Length - 1; i >= 0; i--)
            sum = sum * t + polynomial[i];
        return sum;
    }
}
