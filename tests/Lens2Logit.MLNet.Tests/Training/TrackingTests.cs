using System.Buffers.Binary;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.MLNet.Training.Tracking;
using Lens2Logit.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Training;

/// <summary>Files that let people watch a training: event files and pictures of stages.</summary>
public class TrackingTests
{
    private readonly MLContext _ml = SmallData.Context();
    private IDataView _data = null!;

    [OneTimeSetUp]
    public void Load() => _data = _ml.Data.Cache(SmallData.Scenes(_ml, 20));

    [Test]
    public void Event_files_hold_scalars_histograms_and_pictures()
    {
        using var folder = new TemporaryFolder();
        var reports = new Reports();
        SmallData.Fit(_ml, _data, SmallData.Options with
        {
            ValidationFraction = 0.25,
            TensorBoardFolder = folder.File("board"),
            StageTracking = new() { Folder = folder.File("stages") },
            Progress = reports,
        }).Dispose();
        var values = Events(Directory.GetFiles(folder.File("board")).Single()).SelectMany(e => (e.Summary?.Value ?? []).Select(v => (e.Step, Value: v))).ToLookup(v => v.Value.Tag);
        Assert.That(values["train/loss"].Select(v => (v.Step, v.Value.SimpleValue)), Is.EqualTo(reports.All.Select(r => ((long)r.Step, (float)r.Loss))));
        Assert.That(values["validation/accuracy"].Select(v => v.Value.SimpleValue), Is.EqualTo(reports.All.Where(r => r.EndOfEpoch).Select(r => (float)r.ValidationAccuracy!)));
        Assert.That(values["Rgb/blur"].Select(v => v.Value.Histo.Num), Is.EqualTo(new[] { 25.0, 25.0 }));
        Assert.That(values["Rgb/gamma"].Where(v => v.Value.Histo is null).Select(v => v.Value.SimpleValue), Has.Exactly(2).InRange(2.0f, 2.4f));
        Assert.That(values["stages/row 0"].Select(v => v.Value.Image.Width), Has.Exactly(2).GreaterThan(500));
    }

    [Test]
    public void A_picture_for_each_row_and_epoch_is_drawn_and_training_is_not_disturbed()
    {
        using var folder = new TemporaryFolder();
        using var plain = SmallData.Fit(_ml, _data);
        using var tracked = SmallData.Fit(_ml, _data, SmallData.Options with { StageTracking = new() { Folder = folder.Path, Rows = [0, 7] } });
        Assert.That(Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(), Is.EqualTo(new[] { "row0-epoch0001.png", "row0-epoch0002.png", "row7-epoch0001.png", "row7-epoch0002.png" }));
        Assert.That(SmallData.Scores(tracked, _data), Is.EqualTo(SmallData.Scores(plain, _data)));
        Assert.That(() => SmallData.Fit(_ml, _data, SmallData.Options with { StageTracking = new() { Folder = folder.Path, Rows = [20] } }),
            Throws.ArgumentException.With.Message.Contains("names row 20; there are 20 rows"));
        Assert.That(() => SmallData.Fit(_ml, _data, SmallData.Options with { StageTracking = new() { Folder = folder.Path, Rows = [] } }), Throws.ArgumentException.With.Message.Contains("StageTracking.Rows"));
    }

    [Test]
    public void The_gradient_of_each_step_is_the_derivative_of_the_loss_there()
    {
        using var scope = NewDisposeScope();
        using var network = NetworkRegistry.Create(Architecture.SmallCnn, new() { Classes = 5 });
        using var isp = new ParametrizedIsp(new() { Camera = CameraParameters.RawDrone });
        var modules = new TrainedModules(SmallData.Options, new("Raw", [32, 32], [new("Raw", "Rgb", isp)]), network, () => network, CPU);
        var task = new ClassificationTask(null);
        var row = new TrainingRow([.. Enumerable.Range(0, 1024).Select(i => 0.3f + 0.2f * MathF.Sin(i))], [2], 0);
        var steps = StageTrace.Of(modules, task, row, [32, 32], [], CPU);
        Assert.That(steps.Select(s => s.Name), Is.EqualTo(new[] { "Raw", "Rgb.mosaic", "Rgb.color_corrected", "Rgb.sharpened", "Rgb.blurred", "Rgb.clipped", "Rgb.gamma_corrected", "Rgb" }));

        // Against a finite difference along the gradient, at both ends of the stage.
        var view = steps[^1];
        double slope = Difference(change => task.Loss(network.forward((view.Image + change * view.Gradient).unsqueeze(0)), tensor([2f])).ToDouble());
        Assert.That(slope, Is.EqualTo(view.Gradient.square().sum().ToDouble()).Within(2).Percent);
        var raw = steps[0];
        slope = Difference(change => task.Loss(network.forward(isp.forward((raw.Image + change * raw.Gradient).unsqueeze(0))), tensor([2f])).ToDouble());
        Assert.That(slope, Is.EqualTo(raw.Gradient.square().sum().ToDouble()).Within(2).Percent);

        static double Difference(Func<double, double> loss) => (loss(0.05) - loss(-0.05)) / 0.1;
    }

    // TFRecord: length (8 bytes), its checksum (4), the event, its checksum (4).
    private static IEnumerable<Tensorboard.Event> Events(string path)
    {
        var bytes = File.ReadAllBytes(path);
        for (int position = 0; position < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(position));
            yield return Tensorboard.Event.Parser.ParseFrom(bytes, position + 12, length);
            position += length + 16;
        }
    }
}
