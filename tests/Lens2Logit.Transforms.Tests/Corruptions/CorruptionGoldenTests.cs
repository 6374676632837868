using Lens2Logit.Corruptions;

namespace Lens2Logit.Tests.Corruptions;

/// <summary>The gentle corruptions against the paper's code: deterministic ones exactly, random ones by their statistics.</summary>
public class CorruptionGoldenTests
{
    private static IEnumerable<string> Deterministic() => Golden.Names("e_").Where(n => n != "e_random_stats");

    private static IEnumerable<TestCaseData> Random() =>
        from noise in Golden.Case("e_random_stats").GetProperty("stats").EnumerateObject()
        from severity in Enumerable.Range(1, 5)
        select new TestCaseData(noise.Name, severity);

    [TestCaseSource(nameof(Deterministic))]
    public void Deterministic_corruptions_equal_the_reference(string test)
    {
        var golden = Golden.Case(test);
        var (image, expected) = (Golden.Input(golden), Golden.Output(golden));
        var name = test[2..test.LastIndexOf('_')];
        var result = new float[image.Values.Length];

        Corruption.Create(name, golden.GetProperty("parameters").GetProperty("severity").GetInt32()).Apply(image.ToSingle(), image.Shape[1], image.Shape[2], result);

        var difference = Golden.MaximumDifference(Array.ConvertAll(result, v => (double)v), expected.Values);
        TestContext.Out.WriteLine($"{test}: {difference:e2}");
        Assert.That(difference, Is.LessThanOrEqualTo(golden.GetProperty("atol").GetDouble()));
    }

    [TestCaseSource(nameof(Random))]
    public void Random_corruptions_have_the_statistics_of_the_reference(string name, int severity)
    {
        const int Draws = 50;
        var golden = Golden.Case("e_random_stats");
        var expected = golden.GetProperty("stats").GetProperty(name)[severity - 1];
        double Expected(string statistic) => expected.GetProperty(statistic).GetDouble();
        var file = Golden.Input(golden);
        var image = file.ToSingle();
        var corruption = Corruption.Create(name, severity);
        var result = new float[image.Length];
        double sum = 0, squares = 0, changed = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            corruption.Apply(image, file.Shape[1], file.Shape[2], result, rowKey: (ulong)draw, seed: 7);
            double own = 0, ownSquares = 0;
            for (int i = 0; i < image.Length; i++)
            {
                double residual = result[i] - image[i];
                own += residual;
                ownSquares += residual * residual;
                changed += residual == 0 ? 0 : 1;
            }
            own /= image.Length;
            sum += own;
            squares += ownSquares / image.Length - own * own;
        }

        // The manifest's rule: four standard errors of ours and of the reference's draws.
        double errors = 4 / Math.Sqrt(Draws) + 4 / Math.Sqrt(Expected("n_draws"));
        double mean = Math.Abs(sum / Draws - Expected("mean_residual")), variance = Math.Abs(squares / Draws - Expected("var_residual"));
        double meanLimit = errors * Expected("sd_over_draws_of_mean_residual"), varianceLimit = errors * Expected("sd_over_draws_of_var_residual");
        TestContext.Out.WriteLine($"{name} {severity}: mean {mean / meanLimit:f2} and variance {variance / varianceLimit:f2} of what is allowed");
        Assert.Multiple(() =>
        {
            Assert.That(mean, Is.Zero.Within(meanLimit), "mean");
            Assert.That(variance, Is.Zero.Within(varianceLimit), "variance");
            Assert.That(changed / Draws / image.Length, Is.EqualTo(Expected("frac_changed")).Within(2e-3), "share of changed values");
        });
    }
}
