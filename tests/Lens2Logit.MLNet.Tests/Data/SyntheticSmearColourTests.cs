using Lens2Logit.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Data;

/// <summary>A data set whose classes can be told by colour would say nothing about what a camera does to shapes.</summary>
public class SyntheticSmearColourTests
{
    private const int TrainCount = 600;
    private const int TestCount = 300;

    // Five balanced classes: chance is 0.2.
    private const double HighestAccuracy = 0.58;

    private List<Example> _train = [];
    private List<Example> _test = [];

    [OneTimeSetUp]
    public void ComputeHistograms()
    {
        _train = Histograms(seed: 1, TrainCount);
        _test = Histograms(seed: 2, TestCount);
    }

    [Test]
    public void Colour_histograms_alone_do_not_tell_the_classes_apart()
    {
        var ml = new MLContext(seed: 1);
        var pipeline = ml.Transforms.Conversion.MapValueToKey(nameof(Example.Label))
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.OneVersusAll(ml.BinaryClassification.Trainers.FastForest(numberOfTrees: 100)));
        var forest = pipeline.Fit(ml.Data.LoadFromEnumerable(_train));
        MulticlassClassificationMetrics metrics =
            ml.MulticlassClassification.Evaluate(forest.Transform(ml.Data.LoadFromEnumerable(_test)));

        Assert.That(metrics.MicroAccuracy, Is.LessThan(HighestAccuracy));
    }

    [Test]
    public void The_nearest_neighbour_in_colour_is_of_any_class()
    {
        int right = _test.Count(example => Nearest(example).Label == example.Label);

        Assert.That(right / (double)TestCount, Is.LessThan(HighestAccuracy));
    }

    private Example Nearest(Example example) => _train.MinBy(other => Distance(example.Features, other.Features))!;

    private static float Distance(float[] a, float[] b)
    {
        float sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += MathF.Abs(a[i] - b[i]);
        return sum;
    }

    private static List<Example> Histograms(int seed, int count)
    {
        var smear = new SyntheticSmear(new() { Seed = seed, Count = count });
        var scene = new float[3 * smear.Size * smear.Size];
        var examples = new List<Example>(count);
        for (int i = 0; i < count; i++)
        {
            smear.Render(i, scene);
            examples.Add(new() { Label = smear.Classes[smear.ClassOf(i)], Features = Histogram(scene) });
        }
        return examples;
    }

    /// <summary>16 bins per channel, then 4×4×4 joint bins, of the sRGB-encoded image.</summary>
    private static float[] Histogram(float[] scene)
    {
        var bins = new float[Example.BinCount];
        int pixels = scene.Length / 3;
        for (int i = 0; i < pixels; i++)
        {
            float red = Encode(scene[i]), green = Encode(scene[i + pixels]), blue = Encode(scene[i + 2 * pixels]);
            bins[Bin(red, 16)]++;
            bins[16 + Bin(green, 16)]++;
            bins[32 + Bin(blue, 16)]++;
            bins[48 + (Bin(red, 4) * 4 + Bin(green, 4)) * 4 + Bin(blue, 4)]++;
        }
        return bins;
    }

    private static int Bin(float value, int count) => Math.Min((int)(value * count), count - 1);

    // IEC 61966-2-1.
    private static float Encode(float light) => light <= 0.0031308f ? 12.92f * light : 1.055f * MathF.Pow(light, 1 / 2.4f) - 0.055f;

    private sealed class Example
    {
        public const int BinCount = 3 * 16 + 4 * 4 * 4;

        public string Label { get; set; } = "";

        [VectorType(BinCount)]
        public float[] Features { get; set; } = [];
    }
}
