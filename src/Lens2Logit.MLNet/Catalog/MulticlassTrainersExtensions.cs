using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;

namespace Microsoft.ML;

/// <summary>Trainers of image classifiers that learn through differentiable stages.</summary>
public static class Lens2LogitMulticlassTrainers
{
    /// <summary>Trains a network, together with the differentiable stages in front of it.</summary>
    /// <param name="catalog">The trainers of multiclass classification.</param>
    /// <param name="labelColumnName">Name of the label column, a key.</param>
    /// <param name="featureColumnName">Name of the image column [C, H, W].</param>
    /// <param name="architecture">The network: a name from <see cref="Architecture"/> or a registered one.</param>
    /// <param name="epochs">How often every row is seen.</param>
    /// <param name="batchSize">Rows per step, at least 2.</param>
    /// <param name="learningRate">Adam's learning rate for the network.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static RawImageClassificationTrainer RawImageClassification(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Rgb", string architecture = Architecture.ResNet18,
        int epochs = 10, int batchSize = 32, double learningRate = 1e-3) => catalog.RawImageClassification(new RawImageClassificationTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            Architecture = architecture,
            Epochs = epochs,
            BatchSize = batchSize,
            LearningRate = learningRate,
        });

    /// <summary>Trains a network, together with the differentiable stages in front of it.</summary>
    /// <param name="catalog">The trainers of multiclass classification.</param>
    /// <param name="options">All options.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static RawImageClassificationTrainer RawImageClassification(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        RawImageClassificationTrainer.Options options) => new(MLEnvironment.Of(catalog), options);
}
