using Lens2Logit.Losses;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Losses;

public class IntersectionOverUnionTests
{
    [Test]
    public void A_batch_equals_the_reference()
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Case("d_iou");
        var inputs = golden.GetProperty("inputs");
        var value = new IntersectionOverUnion().Add(GoldenLosses.Load(inputs[0]), GoldenLosses.Load(inputs[1]));
        var expected = golden.GetProperty("value").GetDouble();
        TestContext.Out.WriteLine($"d_iou: {Math.Abs(value - expected):e2}");
        Assert.That(value, Is.EqualTo(expected).Within(golden.GetProperty("atol").GetDouble()));
    }

    [Test]
    public void Two_empty_masks_score_1_as_in_the_reference()
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Case("d_iou_empty");
        var target = GoldenLosses.Load(golden.GetProperty("inputs")[0]);
        Assert.That(new IntersectionOverUnion().Add(full_like(target, -5), target),
            Is.EqualTo(golden.GetProperty("value").GetDouble()).Within(golden.GetProperty("atol").GetDouble()));
    }

    [Test]
    public void Over_a_set_pixels_are_counted_and_batches_are_averaged_apart()
    {
        using var scope = NewDisposeScope();
        var metric = new IntersectionOverUnion();
        // Of four pixels: 1 shared of 2, then 3 shared of 3.
        Assert.That(metric.Add(Row(1, 1, -1, -1), Row(1, 0, 0, 0)), Is.EqualTo(0.5).Within(1e-6));
        Assert.That(metric.Add(Row(1, 1, 1, -1), Row(1, 1, 1, 0)), Is.EqualTo(1).Within(1e-6));
        Assert.That(metric.Batches, Is.EqualTo(2));
        Assert.That(metric.OverSet, Is.EqualTo(4.0 / 5).Within(1e-6));
        Assert.That(metric.MeanOfBatches, Is.EqualTo(0.75).Within(1e-6));

        static Tensor Row(params float[] values) => tensor(values).view(1, 1, 1, 4);
    }

    [Test]
    public void Over_a_set_the_cut_into_batches_does_not_matter()
    {
        using var scope = NewDisposeScope();
        var (logits, target) = (randn(6, 1, 8, 8), rand(6, 8, 8) > 0.7);
        IntersectionOverUnion whole = new(), single = new();
        whole.Add(logits, target);
        for (int i = 0; i < 6; i++)
            single.Add(logits.narrow(0, i, 1), target.narrow(0, i, 1));
        Assert.That(single.OverSet, Is.EqualTo(whole.OverSet));
    }

    [Test]
    public void Nothing_yet_is_not_a_number_and_thresholds_are_probabilities()
    {
        Assert.That(new IntersectionOverUnion().OverSet, Is.NaN);
        Assert.That(new IntersectionOverUnion().MeanOfBatches, Is.NaN);
        Assert.That(() => new IntersectionOverUnion(1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        using var scope = NewDisposeScope();
        var (logits, target) = (full([1, 2, 2], 0.5), ones(1, 2, 2));
        Assert.That(new IntersectionOverUnion(0.6).Add(logits, target), Is.EqualTo(1).Within(1e-6), "sigmoid(0.5) is 0.62");
        Assert.That(new IntersectionOverUnion(0.65).Add(logits, target), Is.Zero.Within(1e-6));
    }
}
