using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Training;

public class SavedModelTests
{
    private readonly MLContext _ml = SmallData.Context();
    private IDataView _data = null!;
    private TransformerChain<RawImageClassificationTransformer> _model = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _data = SmallData.Scenes(_ml, 12);
        _model = SmallData.Fit(_ml, _data, SmallData.Options with { StageLearningRate = 0.02 });
    }

    [OneTimeTearDown]
    public void Release() => _model.Dispose();

    [Test]
    public void A_loaded_model_gives_the_same_scores_and_the_same_isp()
    {
        using var folder = new TemporaryFolder();
        _ml.Model.Save(_model, _data.Schema, folder.File("model.zip"));
        var loaded = new MLContext().Model.Load(folder.File("model.zip"), out var schema);
        Assert.That(SmallData.Scores(loaded, _data), Is.EqualTo(SmallData.Scores(_model, _data)));
        Assert.That(loaded.GetStage<ParametrizedIsp>("Rgb").ToString(), Is.EqualTo(_model.GetStage<ParametrizedIsp>("Rgb").ToString()));
        Assert.That(schema.Select(c => c.Name), Does.Contain("Scene"));
    }

    [Test]
    public void Static_and_absent_isps_survive_too()
    {
        using var folder = new TemporaryFolder();
        var pipeline = _ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone with { CameraSeed = 4 }, new() { Illumination = 0.1f }, "Name", 6)
            .Append(_ml.Transforms.ProcessRaw("Static", "Raw", CameraParameters.RawDrone, "me,u,me")).Append(_ml.Transforms.ProcessRaw("None", "Raw", new RawToRgbOptions()));
        var model = pipeline.Fit(_data);
        _ml.Model.Save(model, _data.Schema, folder.File("model.zip"));
        var loaded = new MLContext().Model.Load(folder.File("model.zip"), out _);
        foreach (var column in new[] { "Raw", "Static", "None" })
            Assert.That(loaded.Transform(_data).GetColumn<float[]>(column).Last(), Is.EqualTo(model.Transform(_data).GetColumn<float[]>(column).Last()), column);
    }

    [Test]
    public void Another_process_that_knows_only_ml_net_gives_the_same_scores()
    {
        using var folder = new TemporaryFolder();
        _ml.Model.Save(_model, _data.Schema, folder.File("model.zip"));
        using (var file = File.Create(folder.File("data.idv")))
            _ml.Data.SaveAsBinary(_data, file);
        var consumer = Path.Combine(AppContext.BaseDirectory.Replace("Lens2Logit.MLNet.Tests", "Lens2Logit.ModelConsumer", StringComparison.Ordinal), "Lens2Logit.ModelConsumer.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [consumer, folder.File("model.zip"), folder.File("data.idv")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors.Result);

        var scores = lines.Select(line => line.Split(' ').Select(s => float.Parse(s, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        Assert.That(scores, Is.EqualTo(SmallData.Scores(_model, _data)).Within(1e-6f), "threads may differ between processes, and with them the order of sums");
    }

    [Test]
    public void Weights_cut_short_are_named()
    {
        using var folder = new TemporaryFolder();
        _ml.Model.Save(_model, _data.Schema, folder.File("model.zip"));
        using (var zip = ZipFile.Open(folder.File("model.zip"), ZipArchiveMode.Update))
        {
            var entry = zip.Entries.Single(e => e.FullName.EndsWith("Network.safetensors", StringComparison.Ordinal));
            using var stream = entry.Open();
            stream.SetLength(stream.Length / 2);
        }
        Assert.That(() => _ml.Model.Load(folder.File("model.zip"), out _), Throws.Exception.With.Property("Message").Contains("invocation").Or.Message.Contains("Network.safetensors"));
        Assert.That(Innermost(() => _ml.Model.Load(folder.File("model.zip"), out _)), Is.InstanceOf<InvalidDataException>().With.Message.Contains("safetensors"));
    }

    [Test]
    public void A_file_that_is_no_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model.zip"), "not a zip file");
        Assert.That(() => _ml.Model.Load(folder.File("model.zip"), out _), Throws.Exception);
        using (var zip = ZipFile.Open(folder.File("foreign.zip"), ZipArchiveMode.Create))
            zip.CreateEntry("readme.txt");
        Assert.That(() => _ml.Model.Load(folder.File("foreign.zip"), out _), Throws.Exception);
    }

    private static Exception? Innermost(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            var inner = e;
            while (inner.InnerException is not null)
                inner = inner.InnerException;
            return inner;
        }
    }
}
