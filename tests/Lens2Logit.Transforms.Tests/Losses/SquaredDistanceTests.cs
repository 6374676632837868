using Lens2Logit.Losses;

namespace Lens2Logit.Tests.Losses;

public class SquaredDistanceTests
{
    [Test]
    public void Value_and_gradient_equal_the_reference() => GoldenLosses.AssertValueAndGradient("d_l2", 1, SquaredDistance.Sum);
}
