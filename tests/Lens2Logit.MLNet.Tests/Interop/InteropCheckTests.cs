using Lens2Logit.MLNet.Interop;
using Microsoft.ML;

namespace Lens2Logit.Tests.Interop;

public class InteropCheckTests
{
    [Test]
    public void The_ml_net_of_the_tests_has_all_that_is_used() => Assert.That(InteropCheck.ThrowIfBroken, Throws.Nothing);

    [Test]
    public void What_is_missing_is_named_with_both_versions()
    {
        var problem = InteropCheck.Find([(typeof(MLContext).Assembly, "Microsoft.ML.NoSuchType", []), (typeof(MLContext).Assembly, "Microsoft.ML.MLContext", ["NoSuchMember", "Data"])]);
        Assert.That(problem, Does.Contain("Microsoft.ML.NoSuchType, Microsoft.ML.MLContext.NoSuchMember").And.Contain("Lens2Logit 0.1.0").And.Contain("ML.NET 5.0.1"));
    }
}
