using Lens2Logit.IO;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Transforms;

public class LoadRawImagesTests
{
    private readonly MLContext _ml = new();
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Each_row_holds_what_the_reader_reads()
    {
        var files = Files(RawImages.WriteDng(_folder.Path, "a.dng", 1), RawImages.WriteDng(_folder.Path, "b.dng", 2));
        var raw = Load(files);
        Assert.That(raw.Schema["Raw"].Type, Is.EqualTo(new VectorDataViewType(NumberDataViewType.Single, RawImages.Height, RawImages.Width)));
        Assert.That(raw.GetColumn<float[]>("Raw"), Is.EqualTo(new[] { "a.dng", "b.dng" }.Select(name => RawImageReader.Read(_folder.File(name)).Values)));
    }

    [Test]
    public void The_column_says_what_its_numbers_mean()
    {
        RawImages.WriteDng(_folder.Path, "a.dng");
        var annotations = Load(Files("a.dng")).Schema["Raw"].Annotations;
        Assert.That((Text(RawAnnotations.CfaPattern), Text(RawAnnotations.SensorName)), Is.EqualTo(("Rggb", "Test camera")));
        Assert.That((Value<int>(RawAnnotations.BitDepth), Value<float>(RawAnnotations.BlackLevel), Value<float>(RawAnnotations.WhiteLevel)), Is.EqualTo((14, 500 / 16383f, 15000 / 16383f)));

        string Text(string kind) => Value<ReadOnlyMemory<char>>(kind).ToString();

        T Value<T>(string kind)
        {
            T value = default!;
            annotations.GetValue(kind, ref value);
            return value;
        }
    }

    [Test]
    public void A_dng_is_developed_by_its_own_camera_without_being_told([Values] bool isSaved)
    {
        RawImages.WriteDng(_folder.Path, "a.dng", change: dng => dng.Rationals(50728, 0.5, 1, 0.7).Bytes(33422, 1, 2, 0, 1));
        var files = Files("a.dng");
        ITransformer model = _ml.Transforms.LoadRawImages("Raw", _folder.Path, "Path")
            .Append(_ml.Transforms.ProcessRaw("Static", "Raw", configuration: "bi,s,ga")).Append(_ml.Transforms.ProcessRaw("Learnable", "Raw", new ParametrizedIspOptions())).Fit(files);
        if (isSaved)
        {
            _ml.Model.Save(model, files.Schema, _folder.File("model.zip"));
            model = new MLContext().Model.Load(_folder.File("model.zip"), out _);
        }
        var expected = RawImageReader.Read(_folder.File("a.dng")).Develop("bi,s,ga");
        Assert.That(model.Transform(files).GetColumn<float[]>("Static").Single(), Is.EqualTo(expected).Within(1e-6f));
        Assert.That(model.Transform(files).GetColumn<float[]>("Learnable").Single(), Is.EqualTo(expected).Within(1e-4f));
        (model as IDisposable)?.Dispose();
    }

    [Test]
    public void A_camera_given_to_ProcessRaw_goes_before_the_files_and_must_have_its_pattern()
    {
        RawImages.WriteDng(_folder.Path, "a.dng");
        var raw = Load(Files("a.dng"));
        var own = _ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.Identity).Fit(raw);
        Assert.That(own.Isp.Camera, Is.EqualTo(CameraParameters.Identity));
        Assert.That(() => _ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.Identity with { Cfa = CfaPattern.Gbrg }).Fit(raw), Throws.ArgumentException.With.Message.Contains("Rggb").And.Message.Contains("Gbrg"));
    }

    [Test]
    public void Files_that_do_not_describe_their_camera_take_the_one_given()
    {
        RawImages.WriteTiff(_folder.Path, "a.tif");
        var unknown = Load(Files("a.tif"));
        Assert.That(_ml.Transforms.ProcessRaw("Rgb", "Raw").Fit(unknown).Isp.Camera, Is.EqualTo(CameraParameters.Identity));
        Assert.That(_ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.Identity with { Cfa = CfaPattern.Grbg }).Fit(unknown), Is.Not.Null, "an unknown pattern may be any");
        var camera = CameraParameters.RawDrone with { Cfa = CfaPattern.Grbg };
        var known = Load(Files("a.tif"), camera: camera);
        Assert.That(_ml.Transforms.ProcessRaw("Rgb", "Raw").Fit(known).Isp.Camera, Is.EqualTo(camera));
    }

    [Test]
    public void A_file_with_other_levels_is_brought_to_those_of_the_first()
    {
        RawImages.WriteDng(_folder.Path, "a.dng");
        RawImages.WriteDng(_folder.Path, "b.dng", 2, dng => dng.Longs(50714, 1000).Longs(50717, 12000));
        var model = _ml.Transforms.LoadRawImages("Raw", _folder.Path, "Path").Append(_ml.Transforms.ProcessRaw("Rgb", "Raw", configuration: "bi,s,ga")).Fit(Files("a.dng", "b.dng"));
        var developed = model.Transform(Files("a.dng", "b.dng")).GetColumn<float[]>("Rgb").Last();
        // Gamma's slope near black enlarges the rounding of the change of levels.
        Assert.That(developed, Is.EqualTo(RawImageReader.Read(_folder.File("b.dng")).Develop("bi,s,ga")).Within(1e-4f));
    }

    [Test]
    public void A_file_with_another_pattern_is_named()
    {
        RawImages.WriteDng(_folder.Path, "a.dng");
        RawImages.WriteDng(_folder.Path, "b.dng", change: dng => dng.Bytes(33422, 2, 1, 1, 0));
        Assert.That(() => Load(Files("a.dng", "b.dng")).GetColumn<float[]>("Raw").ToArray(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("b.dng").And.Message.Contains("Bggr").And.Message.Contains("Rggb"));
    }

    [Test]
    public void Every_file_of_another_size_and_every_unreadable_one_is_named_at_fit()
    {
        RawImages.WriteTiff(_folder.Path, "a.tif");
        RawImages.WriteTiff(_folder.Path, "b.tif", height: 4);
        RawImages.WriteTiff(_folder.Path, "c.tif", height: 5);
        File.WriteAllText(_folder.File("d.tif"), "text");
        Assert.That(() => Load(Files("a.tif", "b.tif", "a.tif", "c.tif", "d.tif", "e.tif")), Throws.InstanceOf<InvalidDataException>()
            .With.Message.Contains("4 files").And.Message.Contains("'a.tif', 6×8").And.Message.Contains("'b.tif' is 4×8").And.Message.Contains("'c.tif' is 5×8")
            .And.Message.Contains("d.tif' cannot be read").And.Message.Contains("e.tif"));
    }

    [Test]
    public void With_a_size_given_a_file_that_differs_is_named_when_it_is_read()
    {
        RawImages.WriteTiff(_folder.Path, "a.tif");
        RawImages.WriteTiff(_folder.Path, "b.tif", height: 4);
        var raw = Load(Files("a.tif", "b.tif"), size: new(6, 8));
        Assert.That(() => raw.GetColumn<float[]>("Raw").ToArray(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("b.tif").And.Message.Contains("4×8").And.Message.Contains("6×8"));
    }

    [Test]
    public void Rows_without_a_file_and_data_without_rows_say_so()
    {
        RawImages.WriteTiff(_folder.Path, "a.tif");
        Assert.That(() => Load(Files("a.tif", "")).GetColumn<float[]>("Raw").ToArray(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Row 1").And.Message.Contains("'Path'"));
        Assert.That(() => Load(Files("gone.tif")), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("gone.tif"));
        Assert.That(() => Load(Files()), Throws.ArgumentException.With.Message.Contains("'Path'").And.Message.Contains("Size"));
        Assert.That(Load(Files(), size: new(6, 8)).GetColumn<float[]>("Raw"), Is.Empty);
        Assert.That(() => _ml.Transforms.LoadRawImages("Raw", null, "Number").Fit(_ml.Data.LoadFromEnumerable(new[] { new { Number = 1 } })), Throws.ArgumentException.With.Message.Contains("'Number'").And.Message.Contains("text"));
    }

    private IDataView Load(IDataView files, ImageSize? size = null, CameraParameters? camera = null) => _ml.Transforms.LoadRawImages("Raw", _folder.Path, "Path", size, camera).Fit(files).Transform(files);

    private IDataView Files(params string[] paths) => _ml.Data.LoadFromEnumerable(paths.Select(path => new RawPath { Path = path }).ToArray());

    private sealed class RawPath
    {
        public string Path { get; set; } = "";
    }
}
