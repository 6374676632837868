using Lens2Logit.RandomNumbers;

namespace Lens2Logit.Tests.RandomNumbers;

public class NormalQuantileTests
{
    // The first three: the check values of Wichura's paper. The others: bisection of ½ erfc(−x/√2). One per branch and at its border.
    [TestCase(0.25, -0.6744897501960817)]
    [TestCase(0.001, -3.090232306167814)]
    [TestCase(1e-20, -9.262340089798408)]
    [TestCase(0.5, 0)]
    [TestCase(0.925, 1.4395314709384563)]
    [TestCase(0.0749, -1.4402382675279632)]
    [TestCase(1e-12, -7.034483825301132)]
    [TestCase(1e-10, -6.361340902404055)]
    public void Quantile_matches_published_values(double probability, double expected) =>
        Assert.That(NormalQuantile.At(probability), Is.EqualTo(expected).Within(1e-14 * Math.Max(1, Math.Abs(expected))));

    [Test]
    public void Quantile_is_odd_about_one_half([Values(0.4, 0.1, 1e-3, 1e-9)] double probability) =>
        Assert.That(NormalQuantile.At(1 - probability), Is.EqualTo(-NormalQuantile.At(probability)).Within(1e-7));
}
