using Lens2Logit.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Augmentation;

public class AugmenterTests
{
    private static readonly Augmenter Weak = new(AugmentationStrength.Weak, seed: 1), Strong = new(AugmentationStrength.Strong, seed: 1);

    private static ulong[] Keys(int count) => [.. Enumerable.Range(100, count).Select(k => (ulong)k)];

    [Test]
    public void Weak_gives_each_symmetry_of_the_square_equally_often_image_by_image()
    {
        using var scope = NewDisposeScope();
        const int Count = 800;
        var tile = tensor(new float[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }).view(1, 1, 3, 3);
        var output = Weak.Apply(tile.expand(Count, 1, 3, 3), Keys(Count), epoch: 0);
        var seen = Enumerable.Range(0, Count).Select(i => string.Join(' ', output[i].contiguous().data<float>().ToArray())).CountBy(s => s).ToDictionary();
        string[] symmetries = [.. from turns in Enumerable.Range(0, 4)
                                  from flip in new[] { false, true }
                                  select string.Join(' ', (flip ? tile.flip(3) : tile).rot90(turns, (2, 3)).contiguous().data<float>().ToArray())];
        Assert.That(seen.Keys, Is.EquivalentTo(symmetries));
        Assert.That(seen.Values, Is.All.EqualTo(Count / 8).Within(4 * Math.Sqrt(Count / 8.0)));
    }

    [Test]
    public void Weak_turns_images_that_are_not_square_by_half_only()
    {
        using var scope = NewDisposeScope();
        const int Count = 400;
        var output = Weak.Apply(arange(6, dtype: float32).view(1, 1, 2, 3).expand(Count, 1, 2, 3), Keys(Count), epoch: 0);
        Assert.That(output.shape, Is.EqualTo(new long[] { Count, 1, 2, 3 }));
        Assert.That(Enumerable.Range(0, Count).Select(i => output[i, 0, 0, 0].ToSingle()).Distinct(), Is.EquivalentTo(new float[] { 0, 2, 3, 5 }));
    }

    [Test]
    public void An_image_gets_the_same_draw_in_any_batch_and_another_one_by_key_epoch_and_seed([Values] AugmentationStrength strength)
    {
        using var scope = NewDisposeScope();
        var augmenter = new Augmenter(strength, seed: 4);
        var images = rand(1, 2, 8, 8).expand(16, 2, 8, 8);
        var together = augmenter.Apply(images, Keys(16), epoch: 2);
        var alone = augmenter.Apply(images.narrow(0, 9, 1), [109], epoch: 2);
        Assert.Multiple(() =>
        {
            Assert.That(alone.equal(together.narrow(0, 9, 1)).all().ToBoolean());
            Assert.That(together.equal(augmenter.Apply(images, Keys(16), epoch: 3)).all().ToBoolean(), Is.False);
            Assert.That(together.equal(new Augmenter(strength, seed: 5).Apply(images, Keys(16), epoch: 2)).all().ToBoolean(), Is.False);
            Assert.That(together[0].equal(together[1]).all().ToBoolean() && together[1].equal(together[2]).all().ToBoolean() && together[2].equal(together[3]).all().ToBoolean(), Is.False);
        });
    }

    [Test]
    public void Weak_masks_get_the_very_geometry_of_their_images()
    {
        using var scope = NewDisposeScope();
        var images = rand(32, 3, 12, 12);
        var (output, masks) = Weak.Apply(images, images.select(1, 0) > 0.5, Keys(32), epoch: 0);
        Assert.That(masks.dtype, Is.EqualTo(ScalarType.Bool));
        Assert.That(masks.shape, Is.EqualTo(new long[] { 32, 12, 12 }));
        Assert.That(masks.equal(output.select(1, 0) > 0.5).all().ToBoolean());
    }

    [Test]
    public void Strong_masks_follow_their_images_and_keep_their_values()
    {
        using var scope = NewDisposeScope();
        // A slope of 1/20 a pixel: interpolation, softening and noise move the edge of the mask by less than two pixels.
        var ramp = linspace(0, 2, 40).view(1, 1, 1, 40).expand(64, 3, 40, 40) + 1;
        var (output, masks) = Strong.Apply(ramp, (ramp.narrow(1, 0, 1) > 2).to(ScalarType.Int64), Keys(64), epoch: 0);
        Assert.That(masks.dtype, Is.EqualTo(ScalarType.Int64));
        Assert.That(masks.min().ToInt64(), Is.Zero);
        Assert.That(masks.max().ToInt64(), Is.EqualTo(1));
        var value = output.narrow(1, 0, 1);
        // Within 19 pixels of the middle nothing comes from outside.
        var y = arange(40).view(40, 1) - 19.5f;
        var inside = ((y.square() + y.view(1, 40).square()) < 18 * 18).view(1, 1, 40, 40);
        var wrong = ((value > 2.1) & (masks == 0) | (value < 1.9) & (masks == 1)) & inside;
        Assert.That(wrong.any().ToBoolean(), Is.False);
    }

    [Test]
    public void Strong_rotates_adds_noise_and_softens_half_of_the_images_each()
    {
        const int Count = 2000;
        var draws = Keys(Count).Select(k => AugmentationDraw.Create(AugmentationStrength.Strong, square: true, seed: 3, epoch: 1, k)).ToArray();
        var angles = draws.Where(d => d.AngleDegrees != 0).Select(d => d.AngleDegrees).ToArray();
        double margin = 4 * Math.Sqrt(Count * 0.25);
        Assert.Multiple(() =>
        {
            Assert.That(draws.Count(d => d.FlipHorizontally), Is.EqualTo(Count / 2).Within(margin));
            Assert.That(draws.Count(d => d.FlipVertically), Is.EqualTo(Count / 2).Within(margin));
            Assert.That(draws.Count(d => d.HasNoise), Is.EqualTo(Count / 2).Within(margin));
            Assert.That(draws.Count(d => d.IsSoftened), Is.EqualTo(Count / 2).Within(margin));
            Assert.That(draws.Count(d => d.HasNoise && d.IsSoftened), Is.EqualTo(Count / 4).Within(margin));
            Assert.That(draws.Count(d => d.QuarterTurns != 0), Is.Zero);
            Assert.That(angles, Has.Length.EqualTo(Count / 2).Within(margin));
            Assert.That(angles, Is.All.InRange(-90.0, 90.0));
            Assert.That(angles.Average(), Is.Zero.Within(4 * 90 / Math.Sqrt(3 * angles.Length)));
            Assert.That(angles.Average(a => a * a), Is.EqualTo(90 * 90 / 3.0).Within(400));
        });
    }

    [Test]
    public void Noise_has_the_stated_width()
    {
        using var scope = NewDisposeScope();
        // Flat zero: rotation and softening of it change nothing.
        var output = Strong.Apply(zeros(64, 3, 32, 32), Keys(64), epoch: 0);
        var deviations = Enumerable.Range(0, 64).Select(i => output[i].std().ToDouble()).ToArray();
        Assert.That(deviations.Count(d => d == 0), Is.InRange(16, 48), "images without noise");
        Assert.That(deviations.Max(), Is.EqualTo(5e-4).Within(4 * 5e-4 / Math.Sqrt(2 * 3072)));
    }

    [Test]
    public void A_rotation_by_90_degrees_equals_a_quarter_turn_and_keeps_the_form_of_wide_images()
    {
        using var scope = NewDisposeScope();
        var image = rand(1, 2, 9, 9);
        foreach (bool isMask in new[] { false, true })
            Assert.That((ImageGeometry.Rotate(image, 90, isMask) - image.rot90(1, (2, 3))).abs().max().ToSingle(), Is.Zero.Within(1e-5));
        // A disc in a wide image stays a disc.
        var y = arange(20).view(20, 1) - 9.5f;
        var x = arange(40).view(1, 40) - 19.5f;
        var disc = (10 - (x.square() + y.square()).sqrt()).clamp(0, 5).view(1, 1, 20, 40);
        Assert.That((ImageGeometry.Rotate(disc, 37, false) - disc).abs().max().ToSingle(), Is.Zero.Within(0.5));
    }

    [Test]
    public void Softening_mixes_the_image_with_its_blur_and_leaves_the_border()
    {
        using var scope = NewDisposeScope();
        var point = zeros(1, 2, 5, 5);
        point[0, 0, 2, 2] = 1;
        point[0, 1, 0, 0] = 26;
        var soft = Augmenter.Soften(point);
        Assert.Multiple(() =>
        {
            Assert.That(soft[0, 0, 2, 2].ToSingle(), Is.EqualTo(0.5f + 2.5f / 13).Within(1e-6));
            Assert.That(soft[0, 0, 1, 3].ToSingle(), Is.EqualTo(0.5f / 13).Within(1e-6));
            Assert.That(soft[0, 0, 0, 2].ToSingle(), Is.Zero);
            Assert.That(soft[0, 1, 0, 0].ToSingle(), Is.EqualTo(26), "border pixels stay, and values above 1 are not clipped");
            Assert.That(soft[0, 1, 1, 1].ToSingle(), Is.EqualTo(1).Within(1e-5));
        });
    }

    [Test]
    public void Gradients_pass_and_no_tensor_is_left_behind()
    {
        Step();
        long before = LiveTensors.Count();
        Step();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));

        static void Step()
        {
            using var scope = NewDisposeScope();
            var images = rand(8, 3, 16, 16).requires_grad_();
            var (output, _) = Strong.Apply(images, zeros(8, 16, 16), Keys(8), epoch: 0);
            output.sum().backward();
            Assert.That(images.grad!.abs().sum([1, 2, 3]).min().ToSingle(), Is.GreaterThan(0));
        }
    }

    [Test]
    public void Mistakes_are_clear_errors()
    {
        using var scope = NewDisposeScope();
        Assert.Multiple(() =>
        {
            Assert.That(() => Weak.Apply(zeros(3, 8, 8), Keys(3), 0), Throws.ArgumentException.With.Message.Contains("[N, C, H, W]"));
            Assert.That(() => Weak.Apply(zeros(3, 1, 8, 8), Keys(2), 0), Throws.ArgumentException.With.Message.Contains("3 images and 2 row keys"));
            Assert.That(() => Weak.Apply(zeros(3, 1, 8, 8), zeros(3, 8, 9), Keys(3), 0), Throws.ArgumentException.With.Message.Contains("[3, 8, 9]"));
            Assert.That(() => Weak.Apply(zeros(3, 1, 8, 8, dtype: int32), Keys(3), 0), Throws.ArgumentException.With.Message.Contains("floating-point"));
            Assert.That(() => new Augmenter((AugmentationStrength)7), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }
}
