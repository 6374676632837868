using Lens2Logit.Augmentation;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Data;
using Lens2Logit.MLNet.Evaluation;
using Lens2Logit.MLNet.Training;
using Lens2Logit.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Training;

/// <summary>The second task on the same loop: masks, Dice, intersection over union.</summary>
public class SegmentationTests
{
    private const int Size = SmallData.Size;
    private readonly MLContext _ml = SmallData.Context();
    private IDataView _data = null!;

    [OneTimeSetUp]
    public void Load() => _data = _ml.Data.Cache(SmallData.Masked(_ml, 60));

    [Test]
    public void Isp_and_network_learn_to_find_the_nucleus()
    {
        var reports = new Reports();
        using var model = Fit(SmallData.SegmentationOptions with { Epochs = 15, LearningRate = 3e-3, Augmentation = AugmentationStrength.Weak, Progress = reports });
        var test = SmallData.Masked(_ml, 30, seed: 2);
        var metrics = _ml.Segmentation().Evaluate(model.Transform(test));
        TestContext.Out.WriteLine(metrics);
        Assert.That(metrics.IntersectionOverUnion, Is.GreaterThan(0.75), "on other images");
        Assert.That(metrics.Images, Is.EqualTo(30));
        Assert.That(reports.All[^1], Has.Property("MetricName").EqualTo("IoU").And.Property("Accuracy").NaN);
        Assert.That(reports.All[^1].Loss, Is.InRange(0, 0.5 * reports.All[0].Loss));
        Assert.That(model.GetStage<ParametrizedIsp>("Rgb").Gamma.item<float>(), Is.Not.EqualTo(2.2f));
    }

    [Test]
    public void Early_stopping_and_checkpoints_work_for_this_task_too()
    {
        using var folder = new TemporaryFolder();
        var options = SmallData.SegmentationOptions with { Epochs = 3, ValidationFraction = 0.2, EarlyStopping = new() };
        using var uninterrupted = Fit(options);
        using var source = new CancellationTokenSource();
        var cancel = new Reports(report =>
        {
            if (report.Epoch == 2)
                source.Cancel();
        });
        Fit(options with { CheckpointPath = folder.File("checkpoint"), CancellationToken = source.Token, Progress = cancel }).Dispose();
        using var resumed = Fit(options with { CheckpointPath = folder.File("checkpoint") });
        Assert.That(SmallData.Scores(resumed, _data), Is.EqualTo(SmallData.Scores(uninterrupted, _data)));
    }

    [Test]
    public void The_predicted_mask_is_where_the_score_is_above_the_threshold()
    {
        using var model = Fit(SmallData.SegmentationOptions with { Threshold = 0.3 });
        var output = model.Transform(_data);
        foreach (var (score, mask) in output.GetColumn<float[]>("Score").Zip(output.GetColumn<float[]>("PredictedMask")))
            Assert.That(mask, Is.EqualTo(score.Select(s => s > 0.3f ? 1f : 0f)));
        Assert.That(output.Schema["Score"].Type, Is.EqualTo(new VectorDataViewType(NumberDataViewType.Single, Size, Size)));
    }

    [Test]
    public void A_warm_start_with_everything_frozen_gives_the_same_scores()
    {
        using var first = Fit(SmallData.SegmentationOptions);
        using var second = Fit(SmallData.SegmentationOptions with { InitialModel = first, FreezeNetwork = true, FreezeStages = true, Epochs = 1, Seed = 99 });
        Assert.That(SmallData.Scores(second, _data), Is.EqualTo(SmallData.Scores(first, _data)));
    }

    [Test]
    public void Masks_may_be_images_and_rows_without_one_are_left_out()
    {
        using var folder = new TemporaryFolder();
        var smear = new SyntheticSmear(new() { Count = 9, Size = Size });
        var rows = Enumerable.Range(0, 9).Select(i => new MaskFile { Scene = new float[3 * Size * Size], Path = i == 4 ? "" : $"{i}.png" }).ToList();
        var mask = new float[Size * Size];
        for (int i = 0; i < 9; i++)
        {
            smear.Render(i, rows[i].Scene);
            smear.RenderNucleus(i, mask);
            WriteMask(folder.File($"{i}.png"), mask);
        }
        var warnings = new List<string>();
        var ml = SmallData.Context();
        ml.Log += (_, e) => warnings.Add(e.RawMessage);
        var data = ml.Data.LoadFromEnumerable(rows);
        var read = ml.Transforms.LoadImages("Mask", folder.Path, "Path").Append(ml.Transforms.CopyColumns("Rgb", "Scene")).Fit(data).Transform(data);
        using var model = ml.Segmentation().Trainers.RawImageSegmentation(SmallData.SegmentationOptions).Fit(read);
        Assert.That(warnings, Has.Some.Contains("1 row(s) have no mask in column 'Mask'"));
        Assert.That(ml.Segmentation().Evaluate(model.Transform(read)).Images, Is.EqualTo(8));
    }

    [Test]
    public void A_mask_that_is_not_binary_or_of_another_size_is_refused_with_its_row()
    {
        using var folder = new TemporaryFolder();
        WriteMask(folder.File("grey.png"), [.. Enumerable.Repeat(0.5f, Size * Size)]);
        WriteMask(folder.File("small.png"), new float[16 * 16]);
        Refused("grey.png", "Row 0 of column 'Mask' is no binary mask: the pixel in row 0, column 0 is 0.502");
        Refused("small.png", $"Row 0 of column 'Mask' is a mask of 16×16 pixels; expected {Size}×{Size}");

        var half = _ml.Data.LoadFromEnumerable(new[] { new VectorMask() });
        Assert.That(() => Trainer().Fit(half), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("row 1, column 3 is 0.25").And.Message.Contains("threshold"));
        var other = _ml.Transforms.CopyColumns("Mask", "Rgb").Fit(half).Transform(half);
        Assert.That(() => Trainer().Fit(other), Throws.ArgumentException.With.Message.Contains("mask column 'Mask'").And.Message.Contains($"[{Size}, {Size}]"));
        var none = _ml.Transforms.CopyColumns("Mask", "Empty").Fit(half).Transform(half);
        Assert.That(() => Trainer().Fit(none), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("All 1 masks in column 'Mask' are empty"));

        void Refused(string file, string message)
        {
            var data = _ml.Data.LoadFromEnumerable(new[] { new MaskFile { Scene = new float[3 * Size * Size], Path = file } });
            var read = _ml.Transforms.LoadImages("Mask", folder.Path, "Path").Append(_ml.Transforms.CopyColumns("Rgb", "Scene")).Fit(data).Transform(data);
            Assert.That(() => Trainer().Fit(read), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
        }
        RawImageSegmentationTrainer Trainer() => _ml.Segmentation().Trainers.RawImageSegmentation(SmallData.SegmentationOptions);
    }

    // Two masks of four pixels: predicted 1100 and 0000, true 1010 and 0000.
    [Test]
    public void Metrics_count_pixels_over_the_set_and_average_over_images()
    {
        var metrics = Evaluate([0.9f, 0.6f, 0.5f, 0.1f], [1, 0, 1, 0]);
        Assert.That(metrics.IntersectionOverUnion, Is.EqualTo(1.0 / 3).Within(1e-6));
        Assert.That(metrics.MeanIntersectionOverUnion, Is.EqualTo((1.0 / 3 + 1) / 2).Within(1e-6));
        Assert.That(metrics.Dice, Is.EqualTo(0.5).Within(1e-6));
        Assert.That((metrics.Precision, metrics.Recall, metrics.PixelAccuracy), Is.EqualTo((0.5, 0.5, 0.75)));
        Assert.That(Evaluate([0, 0, 0, 0], [0, 0, 0, 0]).IntersectionOverUnion, Is.EqualTo(1), "two empty masks agree");

        SegmentationMetrics Evaluate(float[] score, float[] mask) => _ml.Segmentation().Evaluate(_ml.Data.LoadFromEnumerable(new[] { new Scored { Score = score, Mask = mask }, new Scored() }));
    }

    [Test]
    public void The_metric_of_the_loop_is_that_of_the_evaluation()
    {
        var reports = new Reports();
        using var model = Fit(SmallData.SegmentationOptions with { ValidationSet = SmallData.MaskedCamera(_ml).Fit(_data).Transform(_data), Progress = reports });
        Assert.That(_ml.Segmentation().Evaluate(model.Transform(_data)).IntersectionOverUnion, Is.EqualTo(reports.All[^1].ValidationMetric!.Value).Within(1e-4));
    }

    [Test]
    public void Options_out_of_range_are_named_when_the_pipeline_is_written()
    {
        void Refused(RawImageSegmentationTrainer.Options options, string message) =>
            Assert.That(() => _ml.Segmentation().Trainers.RawImageSegmentation(options), Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));
        Refused(SmallData.SegmentationOptions with { Threshold = 1 }, "Threshold is 1; expected between 0 and 1");
        Refused(SmallData.SegmentationOptions with { Architecture = Architecture.ResNet18 }, "'ResNet18'; registered are SmallUnet, UnetPlusPlus, UnetPlusPlusDepth3");
        Refused(SmallData.SegmentationOptions with { EarlyStopping = new() }, "EarlyStopping needs rows to validate on");
    }

    [Test]
    public void The_mask_lies_where_the_scene_is_stained_as_a_nucleus_is()
    {
        var smear = new SyntheticSmear(new() { Count = 20, Size = 64, MaxDefocusMicrometers = 0.1f });
        var (scene, mask) = (new float[3 * 64 * 64], new float[64 * 64]);
        for (int i = 0; i < smear.Count; i++)
        {
            smear.Render(i, scene);
            smear.RenderNucleus(i, mask);
            // Chromatin takes most of the green light.
            double inside = Enumerable.Range(0, mask.Length).Where(p => mask[p] == 1).Average(p => scene[mask.Length + p]);
            double outside = Enumerable.Range(0, mask.Length).Where(p => mask[p] == 0).Average(p => scene[mask.Length + p]);
            Assert.That(inside, Is.LessThan(0.5 * outside), $"image {i}");
            // The nucleus has an area of 43 to 61 µm² in a field of 576 µm².
            Assert.That(mask.Average(), Is.InRange(0.06, 0.12), $"image {i}");
        }
    }

    private TransformerChain<RawImageSegmentationTransformer> Fit(RawImageSegmentationTrainer.Options options) =>
        SmallData.MaskedCamera(_ml).Append(_ml.Segmentation().Trainers.RawImageSegmentation(options)).Fit(_data);

    private static void WriteMask(string path, float[] mask)
    {
        int size = (int)Math.Sqrt(mask.Length);
        var pixels = mask.SelectMany(v => new[] { (byte)Math.Round(255 * v), (byte)Math.Round(255 * v), (byte)Math.Round(255 * v), (byte)255 }).ToArray();
        using var image = MLImage.CreateFromPixels(size, size, MLPixelFormat.Bgra32, pixels);
        image.Save(path);
    }

    private sealed class MaskFile
    {
        [VectorType(3, Size, Size)]
        public float[] Scene { get; set; } = [];

        public string Path { get; set; } = "";
    }

    private sealed class VectorMask
    {
        [VectorType(3, Size, Size)]
        public float[] Rgb { get; set; } = new float[3 * Size * Size];

        [VectorType(Size, Size)]
        public float[] Mask { get; set; } = [.. Enumerable.Range(0, Size * Size).Select(i => i == Size + 3 ? 0.25f : 1)];

        [VectorType(Size, Size)]
        public float[] Empty { get; set; } = new float[Size * Size];
    }

    private sealed class Scored
    {
        [VectorType(2, 2)]
        public float[] Score { get; set; } = new float[4];

        [VectorType(2, 2)]
        public float[] Mask { get; set; } = new float[4];
    }
}
