namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>A row as training needs it.</summary>
/// <param name="Image">The source image.</param>
/// <param name="Target">What the network shall make of it: one class index, or a mask.</param>
/// <param name="Key">Identity of the row, the same in every epoch and order.</param>
internal sealed record TrainingRow(float[] Image, float[] Target, ulong Key);
