using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Networks;

/// <summary>
/// Factories of segmentation networks by name (see <see cref="SegmentationArchitecture"/>). A network takes [N, C, H, W] and gives logits
/// [N, classes, H, W]; register yours once at start-up, before a model that uses it is trained or loaded.
/// </summary>
/// <remarks>Thread safe.</remarks>
public static class SegmentationNetworkRegistry
{
    private static readonly FactoryTable<Func<NetworkOptions, nn.Module<Tensor, Tensor>>> Factories = new("segmentation network", nameof(SegmentationNetworkRegistry))
    {
        [SegmentationArchitecture.UnetPlusPlus] = options => new UnetPlusPlus(new() { Channels = options.Channels, Classes = options.Classes }),
        [SegmentationArchitecture.UnetPlusPlusDepth3] = options => new UnetPlusPlus(new() { Channels = options.Channels, Classes = options.Classes, Depth = 3 }),
        [SegmentationArchitecture.SmallUnet] = options => new SmallUnet(options),
    };

    /// <summary>The registered names.</summary>
    public static IEnumerable<string> Names => Factories.Names;

    /// <summary>Registers a factory under a name.</summary>
    /// <param name="name">The name of the architecture.</param>
    /// <param name="factory">Builds the network with random initial weights.</param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public static void Register(string name, Func<NetworkOptions, nn.Module<Tensor, Tensor>> factory) => Factories.Register(name, factory);

    /// <summary>Builds a network whose initial weights depend on the seed alone; torch's global random stream is left as it was.</summary>
    /// <param name="name">A registered name.</param>
    /// <param name="options">Sizes of its ends; one class for a binary mask.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <exception cref="ArgumentException">The name is not registered (the message lists those that are), or an option is out of range.</exception>
    public static nn.Module<Tensor, Tensor> Create(string name, NetworkOptions options, long seed = 0)
    {
        var factory = Factories.Find(name);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return InitialWeights.Draw(seed, () => factory(options));
    }
}
