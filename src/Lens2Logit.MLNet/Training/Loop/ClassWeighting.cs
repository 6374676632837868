using Lens2Logit.MLNet.Interop;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>Weights of the classes in the loss.</summary>
internal static class ClassWeighting
{
    /// <returns>[classes], or null where all are alike.</returns>
    /// <exception cref="ArgumentException">A class is weighted that the label does not have.</exception>
    public static Tensor? Of(RawImageClassificationTrainer.Options options, ClassLabels labels, int[] classes, Device device)
    {
        if (options.ClassWeights.Keys.FirstOrDefault(name => !labels.Values.Contains(name)) is { } unknown)
            throw new ArgumentException($"{nameof(options.ClassWeights)} names '{unknown}', which is no class of column '{options.LabelColumnName}'. Classes: {string.Join(", ", labels.Values)}.");
        if (options.ClassWeights.Count == 0 && !options.BalanceClasses)
            return null;
        var counts = classes.CountBy(c => c).ToDictionary();
        // A class without rows has no term in the loss; its weight does not matter.
        return tensor([.. labels.Values.Select((name, index) => (float)(options.ClassWeights.GetValueOrDefault(name, 1)
            * (options.BalanceClasses ? (double)classes.Length / (counts.Count * counts.GetValueOrDefault(index, 1)) : 1)))], device: device);
    }
}
