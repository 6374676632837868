using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>A parameter that is learnt.</summary>
/// <param name="Name">As a user names it: <c>layer1.0.conv1.weight</c> or <c>Rgb.gamma</c>.</param>
/// <param name="Value">The parameter.</param>
/// <param name="Rate">Its learning rate before the schedule.</param>
/// <param name="Decays">Whether weight decay applies.</param>
internal sealed record TrainedParameter(string Name, Parameter Value, double Rate, bool Decays);

/// <summary>The stages and the network of a training, in the order in which data runs through them, and which of their parameters learn.</summary>
internal sealed class TrainedModules
{
    private readonly TrainingOptions _options;
    private readonly Func<nn.Module<Tensor, Tensor>> _create;
    private readonly Device _device;

    /// <param name="options">What learns, and how fast.</param>
    /// <param name="chain">The stages.</param>
    /// <param name="network">The network with its initial weights.</param>
    /// <param name="create">Builds another network like it, with any weights.</param>
    /// <param name="device">Where all of it goes.</param>
    /// <exception cref="ArgumentException">An option names a parameter that there is not; the message lists those that there are.</exception>
    public TrainedModules(TrainingOptions options, StageChain chain, nn.Module<Tensor, Tensor> network, Func<nn.Module<Tensor, Tensor>> create, Device device)
    {
        (_options, Chain, Network, _create, _device) = (options, chain, network, create, device);
        network.to(device);
        foreach (var link in chain.Links)
            link.Stage.to(device);
        Learnt = [.. FindLearnt()];
        var learnt = Learnt.Select(p => p.Value).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var parameter in network.parameters().Concat(chain.Links.SelectMany(link => link.Stage.parameters())))
            parameter.requires_grad_(learnt.Contains(parameter));
    }

    public StageChain Chain { get; }

    public nn.Module<Tensor, Tensor> Network { get; }

    /// <summary>The parameters that learn, in the order in which data meets them.</summary>
    public IReadOnlyList<TrainedParameter> Learnt { get; }

    /// <summary>The views [N, C, H, W] that the last stage makes.</summary>
    /// <param name="source">The source [N, …].</param>
    /// <param name="rowKeys">N keys, on which the noise of a stage depends.</param>
    public Tensor Develop(Tensor source, ReadOnlySpan<ulong> rowKeys)
    {
        foreach (var link in Chain.Links)
            source = link.Stage.forward(source, rowKeys);
        return source;
    }

    /// <summary>A loss with what the stages cost added.</summary>
    public Tensor WithPenalty(Tensor loss)
    {
        foreach (var link in Chain.Links)
        {
            if (_options.StagePenaltyWeight > 0 && link.Stage.Penalty() is { } penalty)
                loss += _options.StagePenaltyWeight * penalty;
        }
        return loss;
    }

    /// <summary>All parameters and buffers under names that are unique.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() =>
    [
        .. Network.state_dict().Select(entry => ($"network.{entry.Key}", entry.Value)),
        .. Chain.Links.SelectMany((link, index) => link.Stage.state_dict().Select(entry => ($"stage{index}.{entry.Key}", entry.Value))),
    ];

    /// <summary>A network like this one on the same device, with other weights; the caller owns it.</summary>
    public nn.Module<Tensor, Tensor> CreateCopy()
    {
        var copy = _create();
        copy.to(_device);
        return copy;
    }

    /// <summary>What is frozen stays in eval mode, so that its statistics do not move either.</summary>
    /// <param name="training">Whether the others are trained.</param>
    /// <param name="copy">A copy of the network that computes in its stead.</param>
    public void SetTraining(bool training, nn.Module? copy = null)
    {
        foreach (var network in new[] { Network, copy }.OfType<nn.Module>())
        {
            network.train(training && !_options.FreezeNetwork);
            foreach (var (_, part) in network.named_modules().Where(m => IsFrozen(m.name)))
                part.eval();
        }
        foreach (var link in Chain.Links)
            link.Stage.train(training && !_options.FreezeStages);
    }

    private IEnumerable<TrainedParameter> FindLearnt()
    {
        var network = Network.named_parameters().ToList();
        var stages = Chain.Links.SelectMany(link => link.Stage.named_parameters().Select(p => (Link: link, Name: p.name, p.parameter))).ToList();
        RequireKnown(nameof(TrainingOptions.ParameterLearningRates), _options.ParameterLearningRates.Keys, key => stages.Any(s => key == s.Name || key == $"{s.Link.OutputColumn}.{s.Name}"));
        RequireKnown(nameof(TrainingOptions.FrozenParameters), _options.FrozenParameters, key => network.Any(p => Covers(key, p.name)) || stages.Any(s => Covers(key, s.Name) || Covers(key, $"{s.Link.OutputColumn}.{s.Name}")));

        if (!_options.FreezeStages)
        {
            foreach (var (link, name, parameter) in stages.Where(s => !IsFrozen(s.Name) && !IsFrozen($"{s.Link.OutputColumn}.{s.Name}")))
                yield return new($"{link.OutputColumn}.{name}", parameter, StageRate(link, name), Decays: false);
        }
        if (!_options.FreezeNetwork)
        {
            foreach (var (name, parameter) in network.Where(p => !IsFrozen(p.name)))
                yield return new(name, parameter, _options.LearningRate, Decays: parameter.dim() > 1);
        }

        void RequireKnown(string option, IEnumerable<string> keys, Func<string, bool> isKnown)
        {
            if (keys.FirstOrDefault(key => !isKnown(key)) is { } unknown)
                throw new ArgumentException($"{option} names '{unknown}', which is no parameter here. Parameters of stages: {string.Join(", ", stages.Select(s => $"{s.Link.OutputColumn}.{s.Name}"))}"
                    + (option == nameof(TrainingOptions.FrozenParameters) ? $"; of the network: {string.Join(", ", network.Select(p => p.name))}." : "."));
        }
    }

    private bool IsFrozen(string name) => _options.FrozenParameters.Any(key => Covers(key, name));

    /// <summary>A name stands for itself and for all that lies below it.</summary>
    private static bool Covers(string key, string name) => name.StartsWith(key, StringComparison.Ordinal) && (name.Length == key.Length || name[key.Length] == '.');

    private double StageRate(StageLink link, string parameter)
    {
        var rates = _options.ParameterLearningRates;
        return rates.TryGetValue($"{link.OutputColumn}.{parameter}", out double rate) || rates.TryGetValue(parameter, out rate)
            || link.Stage.LearningRates.TryGetValue(parameter, out rate) ? rate : _options.StageLearningRate;
    }
}
