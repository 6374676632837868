using Lens2Logit.Native;
using static TorchSharp.torch;

namespace Lens2Logit.Networks;

/// <summary>Builds modules whose initial weights depend on a seed alone; torch's global random stream is left as it was.</summary>
internal static class InitialWeights
{
    // Held while initial weights are drawn: torch has one random stream for the process.
    private static readonly Lock RandomStream = new();

    public static T Draw<T>(long seed, Func<T> factory)
    {
        TorchNative.EnsureLoaded();
        lock (RandomStream)
        {
            using var state = random.get_rng_state();
            try
            {
                random.manual_seed(seed);
                return factory();
            }
            finally
            {
                random.set_rng_state(state);
            }
        }
    }
}
