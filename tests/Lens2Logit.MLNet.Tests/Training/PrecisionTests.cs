using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace Lens2Logit.Tests.Training;

/// <summary>Other memory formats and numbers: faster, and nearly the same.</summary>
public class PrecisionTests
{
    private readonly MLContext _ml = SmallData.Context();
    private IDataView _data = null!;

    [OneTimeSetUp]
    public void Load() => _data = _ml.Data.Cache(SmallData.Scenes(_ml, 60));

    [Test]
    public void Channels_last_gives_the_same_model_up_to_rounding_and_leaves_no_trace_in_it()
    {
        var options = SmallData.Options with { Epochs = 1, Schedule = LearningRateSchedule.Constant };
        using var plain = SmallData.Fit(_ml, _data, options);
        using var last = SmallData.Fit(_ml, _data, options with { ChannelsLast = true });
        Assert.That(SmallData.Scores(last, _data), Is.EqualTo(SmallData.Scores(plain, _data)).Within(0.02f));
        Assert.That(last.LastTransformer.Network.parameters().All(p => p.is_contiguous()));
    }

    [Test]
    public void Kernels_have_their_channels_side_by_side_while_the_network_computes()
    {
        var options = SmallData.Options with { ChannelsLast = true };
        using var network = NetworkRegistry.Create(options.Architecture, new());
        var modules = new TrainedModules(options, new("Rgb", [3, 32, 32], []), network, () => throw new InvalidOperationException("no copy is needed"), torch.CPU);
        var kernel = network.get_parameter("features.conv32.weight")!;
        using (ComputeNetwork.Create(options, modules))
            Assert.That(kernel.stride(), Is.EqualTo(new long[] { 144, 1, 48, 16 }));
        Assert.That(kernel.stride(), Is.EqualTo(new long[] { 144, 9, 3, 1 }));
    }

    [Test]
    public void Bfloat16_learns_as_well_and_returns_a_model_of_float32([Values] bool channelsLast)
    {
        var reports = new Reports();
        var options = SmallData.Options with { Epochs = 8, LearningRate = 3e-3, Precision = TrainingPrecision.BFloat16, ChannelsLast = channelsLast, Progress = reports };
        using var model = SmallData.Fit(_ml, _data, options);
        var losses = reports.All.Where(r => r.EndOfEpoch).Select(r => r.Loss).ToArray();
        Assert.That(losses[^1], Is.InRange(0, 0.7 * losses[0]));
        Assert.That(model.LastTransformer.Network.parameters().Select(p => p.dtype), Has.All.EqualTo(torch.ScalarType.Float32));
        // The statistics came along: in eval mode the model does what the training said.
        Assert.That(_ml.MulticlassClassification.Evaluate(model.Transform(_data)).LogLoss, Is.LessThan(1.2 * losses[0]));
        using var again = SmallData.Fit(_ml, _data, options with { Progress = null });
        Assert.That(SmallData.Scores(again, _data), Is.EqualTo(SmallData.Scores(model, _data)), "repeatable");
    }

    [Test]
    public void Bfloat16_trainings_resume_bit_for_bit_too()
    {
        using var folder = new TemporaryFolder();
        var options = SmallData.Options with { Epochs = 3, Precision = TrainingPrecision.BFloat16, ChannelsLast = true };
        using var uninterrupted = SmallData.Fit(_ml, _data, options);
        using var source = new CancellationTokenSource();
        var cancel = new Reports(report =>
        {
            if (report.Epoch == 2)
                source.Cancel();
        });
        SmallData.Fit(_ml, _data, options with { CheckpointPath = folder.File("checkpoint"), CancellationToken = source.Token, Progress = cancel }).Dispose();
        using var resumed = SmallData.Fit(_ml, _data, options with { CheckpointPath = folder.File("checkpoint") });
        Assert.That(SmallData.Scores(resumed, _data), Is.EqualTo(SmallData.Scores(uninterrupted, _data)));
    }

    [Test]
    public void Frozen_parts_stay_in_a_copy_as_well()
    {
        using var before = SmallData.Fit(_ml, _data);
        using var after = SmallData.Fit(_ml, _data, SmallData.Options with { InitialModel = before, FreezeNetwork = true, Precision = TrainingPrecision.BFloat16 });
        foreach (var (first, second) in before.LastTransformer.Network.state_dict().Values.Zip(after.LastTransformer.Network.state_dict().Values))
            Assert.That(first.eq(second).all().ToBoolean());
    }

    [Test]
    public void The_number_of_tensors_stays_constant()
    {
        var counts = new List<long>();
        LiveTensors.Count();
        using var model = SmallData.Fit(_ml, _data, SmallData.Options with { Epochs = 4, Precision = TrainingPrecision.BFloat16, ChannelsLast = true, Progress = new Reports(_ => counts.Add(torch.Tensor.TotalCount)) });
        Assert.That(counts[2..], Has.All.EqualTo(counts[2]));
    }
}
