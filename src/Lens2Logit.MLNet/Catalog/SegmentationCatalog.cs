using Lens2Logit.MLNet.Evaluation;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Segmentation: which pixels of an image belong to an object. Reached as <c>mlContext.Segmentation()</c>.</summary>
public sealed class SegmentationCatalog
{
    private readonly IHostEnvironment _environment;

    internal SegmentationCatalog(IHostEnvironment environment) => (_environment, Trainers) = (environment, new(environment));

    /// <summary>The trainers.</summary>
    public SegmentationTrainers Trainers { get; }

    /// <summary>Compares the scores of a model with the true masks. Rows without a mask are left out with a warning.</summary>
    /// <param name="data">Scored data.</param>
    /// <param name="maskColumnName">Name of the column of true masks.</param>
    /// <param name="scoreColumnName">Name of the column of probabilities [H, W].</param>
    /// <param name="threshold">Probability above which a pixel counts as predicted, between 0 and 1.</param>
    /// <exception cref="ArgumentException">A column is missing or has another type, or the threshold is out of range.</exception>
    /// <exception cref="InvalidDataException">There is no row with a mask, or a mask is not binary or has another size.</exception>
    public SegmentationMetrics Evaluate(IDataView data, string maskColumnName = "Mask", string scoreColumnName = "Score", double threshold = 0.5)
    {
        using var channel = _environment.Register("Segmentation").Start("Evaluate");
        return SegmentationMetrics.Measure(data, maskColumnName, scoreColumnName, threshold, channel);
    }

    /// <summary>Trainers of segmentation models.</summary>
    public sealed class SegmentationTrainers
    {
        private readonly IHostEnvironment _environment;

        internal SegmentationTrainers(IHostEnvironment environment) => _environment = environment;

        /// <summary>Trains a network to find the pixels of an object, together with the differentiable stages in front of it.</summary>
        /// <param name="maskColumnName">Name of the mask column, [H, W] of 0 and 1 or an image.</param>
        /// <param name="featureColumnName">Name of the image column [C, H, W].</param>
        /// <param name="architecture">The network: a name from <see cref="SegmentationArchitecture"/> or a registered one.</param>
        /// <param name="epochs">How often every row is seen.</param>
        /// <param name="batchSize">Rows per step, at least 2.</param>
        /// <param name="learningRate">Adam's learning rate for the network.</param>
        /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
        public RawImageSegmentationTrainer RawImageSegmentation(string maskColumnName = "Mask", string featureColumnName = "Rgb",
            string architecture = SegmentationArchitecture.UnetPlusPlus, int epochs = 10, int batchSize = 32, double learningRate = 1e-3) => RawImageSegmentation(new()
            {
                MaskColumnName = maskColumnName,
                FeatureColumnName = featureColumnName,
                Architecture = architecture,
                Epochs = epochs,
                BatchSize = batchSize,
                LearningRate = learningRate,
            });

        /// <summary>Trains a network to find the pixels of an object, together with the differentiable stages in front of it.</summary>
        /// <param name="options">All options.</param>
        /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
        public RawImageSegmentationTrainer RawImageSegmentation(RawImageSegmentationTrainer.Options options) => new(_environment, options);
    }
}

/// <summary>The way to segmentation from a context.</summary>
public static class Lens2LogitSegmentation
{
    /// <summary>Trainers and evaluation of segmentation.</summary>
    /// <param name="context">The context.</param>
    public static SegmentationCatalog Segmentation(this MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        InteropCheck.ThrowIfBroken();
        return new(context);
    }
}
