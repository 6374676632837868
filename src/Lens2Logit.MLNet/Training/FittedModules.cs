using Lens2Logit.IO;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>How a stage is written in a model file, beside its weights.</summary>
internal sealed record SavedStage(string InputColumn, string OutputColumn, string Kind, string Options)
{
    public static SavedStage[] Of(StageChain chain) => [.. chain.Links.Select(link => new SavedStage(link.InputColumn, link.OutputColumn, link.Stage.Kind, link.Stage.OptionsToJson()))];
}

/// <summary>The trained stages and network of a fitted transformer, ready to score, with what saving and disposing them takes.</summary>
internal sealed class FittedModules : IDisposable
{
    private const string NetworkStream = "Network.safetensors";

    private readonly ModuleLease[] _leases;
    private readonly byte[][] _stageWeights;

    public FittedModules(string architecture, IReadOnlyList<StageLink> links, nn.Module<Tensor, Tensor> network, Device device)
    {
        (Architecture, Links, Network, Device) = (architecture, links, network, device);
        nn.Module[] modules = [network, .. links.Select(link => link.Stage)];
        foreach (var module in modules)
        {
            module.to(device);
            module.eval();
            module.zero_grad();
        }
        _leases = Array.ConvertAll(modules, module => new ModuleLease(module));
        _stageWeights = [.. links.Select(link => StageMark.Weights(link.Stage))];
    }

    public string Architecture { get; }

    /// <summary>The trained stages and their columns, from the source to the feature.</summary>
    public IReadOnlyList<StageLink> Links { get; }

    public nn.Module<Tensor, Tensor> Network { get; }

    public Device Device { get; }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">The model file.</param>
    /// <param name="architecture">Name of the network.</param>
    /// <param name="network">The network with initial weights; disposed where loading fails.</param>
    /// <param name="stages">The stages.</param>
    /// <param name="device">Where they go.</param>
    /// <exception cref="InvalidDataException">Weights are missing or do not fit.</exception>
    public static FittedModules Load(ModelReader reader, string architecture, nn.Module<Tensor, Tensor> network, IEnumerable<SavedStage> stages, Device device)
    {
        var links = new List<StageLink>();
        try
        {
            reader.ReadStream(NetworkStream, stream => ModuleWeights.Load(network, stream));
            foreach (var saved in stages)
            {
                links.Add(new(saved.InputColumn, saved.OutputColumn, StoredStage.Build(saved.Kind, saved.Options,
                    stage => reader.ReadStream(StageStream(links.Count), stream => ModuleWeights.Load(stage, stream)))));
            }
            return new(architecture, links, network, device);
        }
        catch
        {
            network.Dispose();
            foreach (var link in links)
                link.Stage.Dispose();
            throw;
        }
    }

    public void Save(ModelWriter writer)
    {
        writer.WriteStream(NetworkStream, stream => ModuleWeights.Save(Network, stream));
        for (int i = 0; i < Links.Count; i++)
        {
            var stage = Links[i].Stage;
            writer.WriteStream(StageStream(i), stream => ModuleWeights.Save(stage, stream));
        }
    }

    /// <summary>The source column of a schema, if it is as in training.</summary>
    /// <exception cref="ArgumentException">It is missing or has another type.</exception>
    public static DataViewSchema.Column RequireSource(DataViewSchema input, string name, int[] shape)
    {
        var source = input.Require(name, "source");
        var expected = $"Vector<Single>[{string.Join(", ", shape)}], as in training";
        return ImageShape.Require(source, "source", shape.Length, expected).SequenceEqual(shape)
            ? source
            : throw SchemaColumns.WrongType(source.Name, "source", source.Type.ToString()!, expected);
    }

    /// <summary>The columns of the stages, marked as theirs, and the shape of the last one.</summary>
    public (DataViewSchema.DetachedColumn[] Columns, int[] FeatureShape) StageColumns(int[] sourceShape)
    {
        var columns = new DataViewSchema.DetachedColumn[Links.Count];
        var shape = sourceShape;
        for (int i = 0; i < columns.Length; i++)
        {
            var link = Links[i];
            shape = link.Stage.OutputShape(shape);
            columns[i] = new(link.OutputColumn, new VectorDataViewType(NumberDataViewType.Single, shape), StageMark.Of(link.Stage, link.InputColumn, _stageWeights[i]));
        }
        return (columns, shape);
    }

    /// <exception cref="ObjectDisposedException">The weights are released.</exception>
    public void ThrowIfDisposed()
    {
        if (_leases[0].IsDisposed)
            throw new ObjectDisposedException(null, "The model was disposed, itself or with a PredictionEngine that owned it. Keep it as long as it is used, or load it again.");
    }

    public void Dispose()
    {
        foreach (var lease in _leases)
            lease.Dispose();
    }

    private static string StageStream(int index) => $"Stage{index}.safetensors";
}
