using System.Globalization;
using System.IO.Compression;
using Lens2Logit.Isp;
using Lens2Logit.MLNet;
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
    public void Another_process_that_knows_only_ml_net_gives_the_same_scores() =>
        Assert.That(OtherProcess.Read(_ml, _model, _data, "Score"), Is.EqualTo(SmallData.Scores(_model, _data)).Within(1e-5f), "threads may differ between processes, and with them the order of sums");

    [Test]
    public void A_model_file_of_version_0_1_loads_forever()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "SavedModels", "classifier-0.1.zip");
        var loaded = Lens2LogitModel.Load(_ml, path, out _);
        var scores = SmallData.Scores(loaded, SmallData.Scenes(_ml, 3, seed: 11));
        var expected = File.ReadAllLines(Path.ChangeExtension(path, ".txt")).Select(line => line.Split(' ').Select(s => float.Parse(s, CultureInfo.InvariantCulture)).ToArray());
        // Gamma makes 7e-4 of a rounding error of 1e-7 at black, so another order of the ISP's sums moves a score a little.
        Assert.That(scores, Is.EqualTo(expected).Within(1e-3f));
    }

    [Test, Explicit("Writes the model file that the test above reads; run once for every released version.")]
    public void Write_a_model_file_of_this_version()
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "classifier.zip");
        Lens2LogitModel.Save(_ml, _model, _data.Schema, path);
        File.WriteAllLines(Path.ChangeExtension(path, ".txt"), SmallData.Scores(_model, SmallData.Scenes(_ml, 3, seed: 11)).Select(row => string.Join(' ', row.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))));
        TestContext.Out.WriteLine(path);
    }

    [Test]
    public void Saving_replaces_a_file_only_when_the_new_one_is_complete()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model.zip"), "old");
        Assert.That(() => Lens2LogitModel.Save(_ml, new Unsaveable(), _data.Schema, folder.File("model.zip")), Throws.InstanceOf<NotSupportedException>());
        Assert.That(File.ReadAllText(folder.File("model.zip")), Is.EqualTo("old"));
        Lens2LogitModel.Save(_ml, _model, _data.Schema, folder.File("model.zip"));
        Assert.That(SmallData.Scores(Lens2LogitModel.Load(_ml, folder.File("model.zip"), out _), _data), Is.EqualTo(SmallData.Scores(_model, _data)));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void Weights_cut_short_are_named_with_the_file()
    {
        using var folder = new TemporaryFolder();
        Change(folder.File("model.zip"), "Network.safetensors", stream => stream.SetLength(stream.Length / 2));
        Assert.That(() => Lens2LogitModel.Load(_ml, folder.File("model.zip"), out _),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("model.zip").And.Message.Contains("Network.safetensors").And.Message.Contains("ends within"));
    }

    [Test]
    public void A_model_of_a_newer_version_says_so()
    {
        using var folder = new TemporaryFolder();
        // ML.NET's model header: the component's version and the oldest version that can read it, little-endian, behind its tag.
        Change(folder.File("model.zip"), "Model.key", stream =>
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            int tag = bytes.AsSpan().IndexOf("CLSF"u8);
            if (tag < 0)
                return;
            bytes[tag + 4 + 2] = 9;
            bytes[tag + 8 + 2] = 9;
            stream.Position = 0;
            stream.Write(bytes);
        });
        Assert.That(() => Lens2LogitModel.Load(_ml, folder.File("model.zip"), out _), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("model.zip").And.Message.Contains("newer"));
    }

    [Test]
    public void A_file_that_is_no_model_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("garbage.zip"), "not a zip file");
        Assert.That(() => Lens2LogitModel.Load(_ml, folder.File("garbage.zip"), out _), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("garbage.zip' is no model file"));
        using (var zip = ZipFile.Open(folder.File("foreign.zip"), ZipArchiveMode.Create))
            zip.CreateEntry("readme.txt");
        Assert.That(() => Lens2LogitModel.Load(_ml, folder.File("foreign.zip"), out _), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("foreign.zip' is a zip file, but no ML.NET model"));
        Assert.That(() => Lens2LogitModel.Load(_ml, folder.File("nowhere.zip"), out _), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("nowhere.zip"));
    }

    /// <summary>Saves the model and changes all entries whose name ends so.</summary>
    private void Change(string path, string entryName, Action<Stream> change)
    {
        _ml.Model.Save(_model, _data.Schema, path);
        using var zip = ZipFile.Open(path, ZipArchiveMode.Update);
        foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(entryName, StringComparison.Ordinal)).ToList())
        {
            using var stream = entry.Open();
            change(stream);
        }
    }

    private sealed class Unsaveable : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public void Save(ModelSaveContext ctx) => throw new NotSupportedException();

        public IDataView Transform(IDataView input) => input;
    }
}
