using System.Security.Cryptography;
using System.Text;
using Lens2Logit.IO;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Networks;
using Lens2Logit.Stages;
using Microsoft.ML;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>A fitted classifier as forensics needs it: a frozen copy of its network, and copies of its stages to change. The user's model is only read.</summary>
internal sealed class TaskModel : IDisposable
{
    private const int EvaluationBatch = 64;

    private readonly RawImageClassificationTransformer _classifier;
    private readonly nn.Module<Tensor, Tensor> _network;

    private TaskModel(RawImageClassificationTransformer classifier)
    {
        _classifier = classifier;
        _network = NetworkRegistry.Create(classifier.Architecture, classifier.NetworkOptions);
        Copy(classifier.Network, _network);
        Freeze(_network);
        Original = CopyStages();
        foreach (var stage in Original)
            Freeze(stage);
    }

    /// <exception cref="ArgumentException">There is no classifier of this library in the model, or no differentiable stage in front of it.</exception>
    public static TaskModel Of(ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var classifier = model.FindAll<RawImageClassificationTransformer>().LastOrDefault()
            ?? throw new ArgumentException("The model holds no classifier that RawImageClassification trained.", nameof(model));
        classifier.ThrowIfDisposed();
        if (classifier.StageLinks.Count == 0)
            throw new ArgumentException("No differentiable stage is in front of the classifier, so there is no parameter to follow a gradient to. "
                + "Train it behind ProcessRaw with ParametrizedIspOptions, with FreezeStages to keep the ISP as it is.", nameof(model));
        return new(classifier);
    }

    public string SourceColumn => _classifier.StageLinks[0].InputColumn;

    public IReadOnlyList<string> ClassNames => _classifier.ClassNames;

    public IReadOnlyList<StageLink> Links => _classifier.StageLinks;

    public Device Device => _classifier.Device;

    /// <summary>The stages as the model has them, frozen.</summary>
    public IReadOnlyList<DifferentiableStage> Original { get; }

    public void Dispose()
    {
        _network.Dispose();
        foreach (var stage in Original)
            stage.Dispose();
    }

    /// <summary>SHA-256 of architecture, options and weights: tells models apart, whatever file they came from.</summary>
    public static string Fingerprint(RawImageClassificationTransformer classifier)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(classifier.Architecture + "\n" + string.Join('\n', classifier.ClassNames), classifier.Network);
        foreach (var link in classifier.StageLinks)
            Append(link.Stage.Kind + "\n" + link.Stage.OptionsToJson(), link.Stage);
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();

        void Append(string description, nn.Module module)
        {
            using var weights = new MemoryStream();
            ModuleWeights.Save(module, weights);
            hash.AppendData(Encoding.UTF8.GetBytes(description));
            hash.AppendData(weights.GetBuffer().AsSpan(0, (int)weights.Length));
        }
    }

    public string Fingerprint() => Fingerprint(_classifier);

    /// <summary>Fresh copies of the stages in eval mode: running statistics must exist and stay. The caller owns them.</summary>
    public DifferentiableStage[] CopyStages() => [.. Links.Select(link =>
    {
        var copy = StageRegistry.Create(link.Stage.Kind, link.Stage.OptionsToJson());
        Copy(link.Stage, copy);
        copy.eval();
        return copy;
    })];

    /// <summary>The classes of labels, by name.</summary>
    /// <exception cref="InvalidDataException">A label is not a class of the model; the message lists the classes.</exception>
    public long[] ClassesOf(ImageSet set) => Array.ConvertAll(set.Labels, label =>
    {
        for (int i = 0; i < ClassNames.Count; i++)
        {
            if (ClassNames[i] == label)
                return (long)i;
        }
        throw new InvalidDataException($"The label '{label}' is no class of the model; it tells {string.Join(", ", ClassNames)} apart.");
    });

    /// <summary>Views [N, C, H, W] before any batch normalisation, and logits [N, classes].</summary>
    /// <param name="stages">The stages.</param>
    /// <param name="images">What the first one reads.</param>
    /// <param name="rowKeys">N keys, on which the noise of a stage depends: the same image has the same noise in every batch.</param>
    public (Tensor Views, Tensor Logits) Forward(IReadOnlyList<DifferentiableStage> stages, Tensor images, ReadOnlySpan<ulong> rowKeys)
    {
        for (int i = 0; i < stages.Count - 1; i++)
            images = stages[i].forward(images, rowKeys);
        var (views, features) = Develop(stages[^1], images, rowKeys);
        return (views, _network.forward(features));
    }

    /// <summary>Share of the images that are classified rightly.</summary>
    /// <param name="stages">The stages that develop them.</param>
    /// <param name="images">What the first stage reads.</param>
    /// <param name="classes">Index of each image's class.</param>
    /// <param name="look">Sees the views of each batch, and the index of its first image; null for nothing.</param>
    public double Accuracy(IReadOnlyList<DifferentiableStage> stages, ImageSet images, long[] classes, Action<int, Tensor>? look = null)
    {
        using var noGradients = no_grad();
        long right = 0;
        for (int start = 0; start < images.Count; start += EvaluationBatch)
        {
            using var scope = NewDisposeScope();
            int count = Math.Min(EvaluationBatch, images.Count - start);
            var (views, logits) = Forward(stages, Batch(images, start, count), images.Keys.AsSpan(start, count));
            right += logits.argmax(1).eq(tensor(classes[start..(start + count)], device: Device)).sum().ToInt64();
            look?.Invoke(start, views);
        }
        return (double)right / images.Count;
    }

    /// <summary>The images with their classes and original views. The caller owns them.</summary>
    public TaskImages Prepare(ImageSet set)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var views = new List<Tensor>();
        for (int start = 0; start < set.Count; start += EvaluationBatch)
        {
            int count = Math.Min(EvaluationBatch, set.Count - start);
            views.Add(Forward(Original, Batch(set, start, count), set.Keys.AsSpan(start, count)).Views);
        }
        return new(set, ClassesOf(set), cat(views).DetachFromDisposeScope());
    }

    /// <summary>Share classified rightly, and mean structural similarity of the views to the original ones.</summary>
    public (double Accuracy, double Similarity) Evaluate(IReadOnlyList<DifferentiableStage> stages, TaskImages images)
    {
        double similarity = 0;
        double accuracy = Accuracy(stages, images.Set, images.Classes, (start, views) =>
            similarity += views.shape[0] * Losses.StructuralSimilarity.Mean(views, images.Views.narrow(0, start, views.shape[0])).ToDouble());
        return (accuracy, similarity / images.Count);
    }

    /// <summary>The views [C, H, W] of some images.</summary>
    public IReadOnlyList<float[]> Views(IReadOnlyList<DifferentiableStage> stages, ImageSet images)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var views = Forward(stages, Batch(images, 0, images.Count), images.Keys).Views;
        var rows = Enumerable.Range(0, images.Count).Select(_ => new float[views.numel() / images.Count]).ToArray();
        StageInference.CopyTo(views, rows, "The stages");
        return rows;
    }

    public Tensor Batch(ImageSet images, int start, int count) => StageInference.ToBatch(images.Images.AsSpan(start, count), images.Shape, Device);

    private static (Tensor Views, Tensor Features) Develop(DifferentiableStage stage, Tensor images, ReadOnlySpan<ulong> rowKeys)
    {
        if (stage is not ParametrizedIsp { Options.BatchNorm: true } isp)
        {
            var made = stage.forward(images, rowKeys);
            return (made, made);
        }
        var stages = new Dictionary<string, Tensor>();
        var features = isp.Develop(images, stages);
        return (stages.GetValueOrDefault("noise") ?? stages["gamma_corrected"], features);
    }

    private void Copy(nn.Module source, nn.Module target)
    {
        using var weights = new MemoryStream();
        ModuleWeights.Save(source, weights);
        weights.Position = 0;
        ModuleWeights.Load(target, weights);
        target.to(Device);
    }

    private static void Freeze(nn.Module module)
    {
        module.eval();
        foreach (var parameter in module.parameters())
            parameter.requires_grad_(false);
    }
}
