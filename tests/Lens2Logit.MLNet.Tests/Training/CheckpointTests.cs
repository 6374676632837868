using System.Globalization;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Training;

/// <summary>A training that is interrupted goes on as if it had not been.</summary>
public class CheckpointTests
{
    private readonly MLContext _ml = SmallData.Context();
    private IDataView _data = null!;
    private TemporaryFolder _folder = null!;

    private string File => _folder.File("training.checkpoint");

    private RawImageClassificationTrainer.Options Options => SmallData.Options with { Epochs = 4, ValidationFraction = 0.2, CheckpointPath = File };

    [OneTimeSetUp]
    public void Load() => _data = _ml.Data.Cache(SmallData.Scenes(_ml));

    [SetUp]
    public void CreateFolder() => _folder = new();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    // Forty rows, two of each of five classes to validate on, in batches of eight: four steps an epoch.
    [Test]
    public void A_cancelled_training_goes_on_and_gives_the_weights_of_an_uninterrupted_one([Values] bool earlyStopping, [Values(1, 6, 16)] int cancelledAfter)
    {
        var options = Options with { EarlyStopping = earlyStopping ? new() { Patience = 1 } : null, LearningRate = earlyStopping ? 0.05 : 1e-3 };
        using var uninterrupted = SmallData.Fit(_ml, _data, options with { CheckpointPath = null });
        using (var source = new CancellationTokenSource())
        {
            SmallData.Fit(_ml, _data, options with { CancellationToken = source.Token, Progress = new Reports(r => Cancel(source, r.Step >= cancelledAfter)) }).Dispose();
        }
        var reports = new Reports();
        using var resumed = SmallData.Fit(_ml, _data, options with { Progress = reports });
        if (reports.All.Count > 0)
            Assert.That(reports.All[0].Step, Is.EqualTo(cancelledAfter / 4 * 4 + 1), "only the running epoch is lost");
        Assert.That(SmallData.Scores(resumed, _data), Is.EqualTo(SmallData.Scores(uninterrupted, _data)));

        static void Cancel(CancellationTokenSource source, bool now)
        {
            if (now)
                source.Cancel();
        }
    }

    [Test]
    public void A_finished_training_is_not_trained_again()
    {
        using var first = SmallData.Fit(_ml, _data, Options);
        var reports = new Reports();
        using var second = SmallData.Fit(_ml, _data, Options with { Progress = reports });
        Assert.That(reports.All, Is.Empty);
        Assert.That(SmallData.Scores(second, _data), Is.EqualTo(SmallData.Scores(first, _data)));
    }

    [Test]
    public void A_checkpoint_of_the_same_rows_in_other_light_is_refused([Values] bool cacheRows)
    {
        using var finished = (IDisposable)Fit(illumination: 1);
        Assert.That(() => Fit(illumination: 0.5f), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Training data is"));

        ITransformer Fit(float illumination) => _ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, new Exposure { Illumination = illumination }, rowKeyColumnName: "Name")
            .Append(_ml.Transforms.ProcessRaw("Rgb", "Raw", new ParametrizedIspOptions { Camera = CameraParameters.RawDrone }))
            .Append(_ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(_ml.MulticlassClassification.Trainers.RawImageClassification(Options with { Epochs = 1, CacheRows = cacheRows })).Fit(_data);
    }

    [Test]
    public void A_checkpoint_of_another_configuration_says_what_differs()
    {
        SmallData.Fit(_ml, _data, Options with { Epochs = 1 }).Dispose();
        Refused(Options with { Epochs = 1, LearningRate = 0.01 }, "LearningRate is 0.001 there and 0.01 here");
        Refused(Options with { Epochs = 1, BatchSize = 16, GradientClipNorm = 1 }, "BatchSize is 8 there and 16 here; GradientClipNorm is not set there and 1 here");
        Refused(Options with { Epochs = 1, BalanceClasses = true }, "Task is cross entropy there and cross entropy weighted");
        Refused(Options with { Epochs = 1, Seed = 4 }, "Initial weights is");
        Assert.That(() => SmallData.Fit(_ml, SmallData.Scenes(_ml, 30), Options with { Epochs = 1 }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Training rows is 30 there and 25 here"));

        void Refused(RawImageClassificationTrainer.Options options, string difference) => Assert.That(() => SmallData.Fit(_ml, _data, options),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains(File).And.Message.Contains(difference).And.Message.Contains("Delete it"));
    }

    [Test]
    public void A_checkpoint_is_the_same_in_every_culture()
    {
        var options = Options with { Epochs = 1, ClassWeights = new Dictionary<string, double> { ["Monocyte"] = 1.5 }, EarlyStopping = new() { MinimumImprovement = 0.25 } };
        SmallData.Fit(_ml, _data, options).Dispose();
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new("") { NumberFormat = new() { NumberDecimalSeparator = "," } };
            Assert.That(() => SmallData.Fit(_ml, _data, options).Dispose(), Throws.Nothing);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Test]
    public void A_file_that_is_no_checkpoint_is_refused_by_name()
    {
        System.IO.File.WriteAllText(File, "garbage");
        Assert.That(() => SmallData.Fit(_ml, _data, Options), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(File).And.Message.Contains("cannot be resumed"));
    }

    [Test]
    public void A_folder_that_cannot_be_written_to_is_reported_before_the_first_step()
    {
        System.IO.File.WriteAllText(_folder.File("file"), "");
        var reports = new Reports();
        var path = Path.Combine(_folder.File("file"), "training.checkpoint");
        Assert.That(() => SmallData.Fit(_ml, _data, Options with { CheckpointPath = path, Progress = reports }), Throws.InstanceOf<IOException>().With.Message.Contains(path));
        Assert.That(reports.All, Is.Empty);
    }

    [Test, Platform("Linux")]
    public void On_a_full_disk_the_error_names_the_file_and_the_last_checkpoint_stays()
    {
        byte[] before = [];
        // What is written beside the checkpoint goes to a device that is always full.
        var progress = new Reports(report =>
        {
            if (!report.EndOfEpoch)
                return;
            before = System.IO.File.ReadAllBytes(File);
            System.IO.File.CreateSymbolicLink(File + ".tmp", "/dev/full");
        });
        Assert.That(() => SmallData.Fit(_ml, _data, Options with { Progress = progress }),
            Throws.InstanceOf<IOException>().With.Message.Contains(File).And.Message.Contains("No space left on device").And.Message.Contains("as it was before"));
        Assert.That(System.IO.File.ReadAllBytes(File), Is.EqualTo(before));
        Assert.That(Directory.GetFiles(_folder.Path), Is.EqualTo(new[] { File }));
        Assert.That(() => SmallData.Fit(_ml, _data, Options).Dispose(), Throws.Nothing, "with room again it goes on");
    }

    [Test]
    public void A_killed_process_loses_at_most_the_running_epoch_and_ends_with_the_same_weights()
    {
        var uninterrupted = TrainingProcess.Run(_folder.File("uninterrupted"))[^1];
        Assert.That(uninterrupted, Does.StartWith("weights "));
        var lines = new List<string>();
        // After how many lines of each run: within an epoch, right after its end, and within the next.
        foreach (int killAfter in (int[])[2, 4, 5])
        {
            lines = TrainingProcess.Run(File, killAfter);
            Assert.That(lines[^1], Does.StartWith("step "), "killed while it trained");
        }
        lines = TrainingProcess.Run(File);
        Assert.That(lines[^1], Is.EqualTo(uninterrupted));
        Assert.That(lines[0], Is.Not.EqualTo("step 1, epoch 1"), "it did not start anew");
    }
}
