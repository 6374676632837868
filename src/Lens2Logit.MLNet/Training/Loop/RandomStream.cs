using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>
/// Seeds torch's random stream, from which a network of one's own may draw (dropout, say), until disposed; then the stream goes on where it
/// was. Torch has one for the process: trainings side by side disturb each other's.
/// </summary>
internal sealed class RandomStream : IDisposable
{
    private readonly Tensor _before = random.get_rng_state();

    public RandomStream(long seed) => random.manual_seed(seed);

    public void Dispose()
    {
        random.set_rng_state(_before);
        _before.Dispose();
    }
}
