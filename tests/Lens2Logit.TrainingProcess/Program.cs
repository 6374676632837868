using System.Security.Cryptography;
using Lens2Logit.Augmentation;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Lens2Logit.Tests;
using Microsoft.ML.Data;

// "leave": ends while other threads still score.
// Else trains with a checkpoint in the file that the first argument names. Prints each step, then a hash of all weights.
var ml = SmallData.Context();
if (args[0] == "leave")
{
    var scorer = SmallData.Fit(ml, SmallData.Scenes(ml), SmallData.Options with { Epochs = 1, Architecture = Architecture.ResNet18 });
    var scored = scorer.Transform(ml.Data.Cache(SmallData.Scenes(ml, 40)));
    using var begun = new CountdownEvent(4);
    for (int i = 0; i < begun.InitialCount; i++)
    {
        new Thread(() =>
        {
            for (bool first = true; ; first = false)
            {
                _ = scored.GetColumn<float[]>("Score").Count();
                if (first)
                    begun.Signal();
            }
        })
        { IsBackground = true }.Start();
    }
    begun.Wait();
    return;
}
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
