using System.Security.Cryptography;
using Lens2Logit.Augmentation;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Tests;

// Trains with a checkpoint in the file that the first argument names. Prints each step, then a hash of all weights.
var ml = SmallData.Context();
using var model = SmallData.Fit(ml, SmallData.Scenes(ml), SmallData.Options with
{
    Epochs = 6,
    Augmentation = AugmentationStrength.Weak,
    ValidationFraction = 0.2,
    EarlyStopping = new() { Patience = 3 },
    CheckpointPath = args[0],
    Progress = new Printed(),
});
using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
foreach (var (_, value) in model.LastTransformer.Network.state_dict().Concat(Microsoft.ML.Lens2LogitTransformerExtensions.GetStage<Lens2Logit.Isp.ParametrizedIsp>(model, "Rgb").state_dict()))
    hash.AppendData(value.detach().contiguous().bytes);
Console.WriteLine($"weights {Convert.ToHexString(hash.GetHashAndReset())}");

internal sealed class Printed : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => Console.WriteLine($"step {value.Step}, epoch {value.Epoch}");
}
