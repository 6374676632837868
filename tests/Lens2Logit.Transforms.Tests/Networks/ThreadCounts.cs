using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Networks;

/// <summary>Whether results depend on the number of threads.</summary>
internal static class ThreadCounts
{
    /// <summary>Computes with 1, 2 and 5 threads: not one bit may differ.</summary>
    public static void AssertTheSame(Func<Tensor[]> compute)
    {
        int threads = get_num_threads();
        try
        {
            var results = new[] { 1, 2, 5 }.Select(count =>
            {
                set_num_threads(count);
                return compute();
            }).ToList();
            foreach (var other in results.Skip(1))
                Assert.That(other.Zip(results[0]).All(pair => pair.First.equal(pair.Second).all().ToBoolean()));
        }
        finally
        {
            set_num_threads(threads);
        }
    }
}
