namespace Lens2Logit.Sensors;

/// <summary>Poisson numbers from a pixel's random stream: exact in distribution up to double precision, at any finite rate.</summary>
internal static class PoissonSampler
{
    /// <summary>Rates below this are inverted, with one uniform number; the others need blocks 1, 2, … of the stream.</summary>
    public const double InversionLimit = 10;

    // ln k! − (k ln k − k + ½ ln 2πk), where the series of Stirling's formula is not yet exact.
    private static readonly double[] StirlingErrors = SmallStirlingErrors();

    /// <summary>A Poisson number as a double without fraction, which no rate overflows.</summary>
    /// <param name="rate">Mean, finite and at least 0; 0 gives 0.</param>
    /// <param name="uniform">A uniform number of the stream's block 0.</param>
    /// <param name="stream">The pixel's stream, read from block 1 on.</param>
    public static double Sample(double rate, double uniform, in PixelStream stream) =>
        rate < InversionLimit ? Invert(rate, uniform) : TransformedRejection(rate, in stream);

    // Sums probabilities until they exceed the uniform number. The sum carries an error of a few 1e-16, as fine as the uniform
    // number itself, so tails are right down to probabilities of 1e-15.
    private static double Invert(double rate, double uniform)
    {
        var count = 0;
        var probability = Math.Exp(-rate);
        var sum = probability;
        while (uniform > sum)
        {
            count++;
            probability *= rate / count;
            var next = sum + probability;
            if (next == sum)
            {
                break; // Rounding left the sum short of 1: nothing more will be added.
            }

            sum = next;
        }

        return count;
    }

    // PTRS of Hörmann, The transformed rejection method for generating Poisson random variables,
    // Insurance: Mathematics and Economics 12 (1993) 39; its symbols and constants.
    private static double TransformedRejection(double rate, in PixelStream stream)
    {
        var b = 0.931 + (2.53 * Math.Sqrt(rate));
        var a = -0.059 + (0.02483 * b);
        var vr = 0.9277 - (3.6224 / (b - 2));
        for (uint block = 1; ; block++)
        {
            var draw = stream.Block(block);
            var u = draw.First - 0.5;
            var v = draw.Second;
            var us = 0.5 - Math.Abs(u);
            var k = Math.Floor((((2 * a / us) + b) * u) + rate + 0.43);
            if (us >= 0.07 && v <= vr)
            {
                return k;
            }

            if (k < 0 || (us < 0.013 && v > us))
            {
                continue;
            }

            var inverseAlpha = 1.1239 + (1.1328 / (b - 3.4));
            if (Math.Log(v * inverseAlpha / ((a / (us * us)) + b)) <= LogProbability(k, rate))
            {
                return k;
            }
        }
    }

    // k ln λ − λ − ln k!, arranged so that no large terms cancel: at a rate of 1e7 the plain form has lost eight digits.
    private static double LogProbability(double k, double rate)
    {
        if (k == 0)
        {
            return -rate;
        }

        return (k * Math.Log(rate / k)) + (k - rate) - (0.5 * Math.Log(2 * Math.PI * k)) - StirlingError(k);
    }

    private static double StirlingError(double k)
    {
        if (k < StirlingErrors.Length)
        {
            return StirlingErrors[(int)k];
        }

        var inverseSquare = 1 / (k * k);
        return ((1.0 / 12) - (((1.0 / 360) - (((1.0 / 1260) - (inverseSquare / 1680)) * inverseSquare)) * inverseSquare)) / k;
    }

    private static double[] SmallStirlingErrors()
    {
        var errors = new double[17];
        var factorial = 1.0; // Exact in a double up to 22!.
        for (var k = 1; k < errors.Length; k++)
        {
            factorial *= k;
            errors[k] = Math.Log(factorial) - ((k * Math.Log(k)) - k + (0.5 * Math.Log(2 * Math.PI * k)));
        }

        return errors;
    }
}
