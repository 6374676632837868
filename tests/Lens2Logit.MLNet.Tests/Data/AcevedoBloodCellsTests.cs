using Lens2Logit.Isp;
using Lens2Logit.MLNet.Data;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Unprocessing;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Data;

public class AcevedoBloodCellsTests
{
    private readonly MLContext _ml = new();

    [Test]
    public void The_published_folders_give_classes_and_subtypes()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var rows = Rows(folder.Path);
        Assert.That(rows.Select(r => (r.Path, r.Label, r.Subtype)), Is.EqualTo(new[]
        {
            ("PBC_dataset_normal_DIB/basophil/BA_1.jpg", "basophil", ""), ("PBC_dataset_normal_DIB/eosinophil/EO_1.jpg", "eosinophil", ""),
            ("PBC_dataset_normal_DIB/erythroblast/ERB_1.jpg", "erythroblast", ""), ("PBC_dataset_normal_DIB/ig/IG_1.jpg", "ig", ""),
            ("PBC_dataset_normal_DIB/ig/PMY_2.jpg", "ig", "promyelocyte"), ("PBC_dataset_normal_DIB/lymphocyte/LY_1.jpg", "lymphocyte", ""),
            ("PBC_dataset_normal_DIB/monocyte/MO_1.jpg", "monocyte", ""), ("PBC_dataset_normal_DIB/neutrophil/BNE_1.jpg", "neutrophil", "band neutrophil"),
            ("PBC_dataset_normal_DIB/neutrophil/SNE_2.jpg", "neutrophil", "segmented neutrophil"), ("PBC_dataset_normal_DIB/platelet/PLATELET_1.jpg", "platelet", ""),
        }));
        Assert.That(_ml.Data.LoadAcevedoBloodCells(folder.Path).Schema.Select(c => $"{c.Name}: {c.Type}"), Is.EqualTo(new[] { "Path: String", "Label: String", "Subtype: String", "Split: String" }));
    }

    [Test]
    public void Hidden_files_are_no_images()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        File.WriteAllText(folder.File(Path.Combine("PBC_dataset_normal_DIB", "neutrophil", ".DS_169665.jpg")), "no image");
        Assert.That(() => _ml.Data.LoadAcevedoBloodCells(folder.Path, UnreadableImages.Throw), Throws.Nothing);
    }

    [Test]
    public void Another_class_or_a_missing_one_is_named()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var root = folder.File("PBC_dataset_normal_DIB");
        ImageFiles.WriteGrey(Path.Combine(root, "cat"), "1.jpg", 8, 10);
        Assert.That(() => Rows(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'cat'").And.Message.Contains("platelet"));
        Directory.Delete(Path.Combine(root, "platelet"), recursive: true);
        Assert.That(() => Rows(folder.Path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("platelet"));
    }

    [Test]
    public void The_real_images_pass_through_unprocessing_and_the_camera()
    {
        var folder = TestData.Require("wbc");
        var cells = _ml.Data.LoadAcevedoBloodCells(folder);
        var rows = _ml.Data.CreateEnumerable<AcevedoBloodCell>(cells, false).ToList();
        Assert.That(rows.CountBy(r => r.Label).ToDictionary(), Is.EquivalentTo(AcevedoBloodCells.Classes.Select(c => KeyValuePair.Create(c, 350))));
        Assert.That(rows.Count(r => r.Subtype == "band neutrophil"), Is.EqualTo(195));
        Assert.That(rows.Count(r => r.Split == "train"), Is.EqualTo(1952));

        var camera = _ml.Transforms.LoadImages("Image", folder, "Path")
            .Append(_ml.Transforms.ResizeImages("Image", 64, 64))
            .Append(_ml.Transforms.UnprocessImage("Scene", "Image", UnprocessingOptions.Neutral, rowKeyColumnName: "Path"))
            .Append(_ml.Transforms.SimulateMeasurement("Raw", "Scene", SensorPresets.RawDrone, rowKeyColumnName: "Path"))
            .Append(_ml.Transforms.ProcessRaw("Rgb", "Raw", CameraParameters.RawDrone));
        var some = _ml.Data.TakeRows(cells, 8);
        var developed = camera.Fit(some).Transform(some).GetColumn<float[]>("Rgb").ToList();
        Assert.That(developed.Select(view => view.Average()), Is.All.InRange(0.3f, 1f), "a smear is bright");
    }

    private static void Write(TemporaryFolder folder)
    {
        foreach (var (label, name) in new[]
        {
            ("basophil", "BA_1"), ("eosinophil", "EO_1"), ("erythroblast", "ERB_1"), ("ig", "IG_1"), ("ig", "PMY_2"), ("lymphocyte", "LY_1"),
            ("monocyte", "MO_1"), ("neutrophil", "BNE_1"), ("neutrophil", "SNE_2"), ("platelet", "PLATELET_1"),
        })
        {
            ImageFiles.WriteGrey(folder.File(Path.Combine("PBC_dataset_normal_DIB", label)), name + ".jpg", 12, 200);
        }
    }

    private List<AcevedoBloodCell> Rows(string folder) => [.. _ml.Data.CreateEnumerable<AcevedoBloodCell>(_ml.Data.LoadAcevedoBloodCells(folder), reuseRowObject: false)];
}
