using Lens2Logit.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Losses;

public class StructuralSimilarityTests
{
    [TestCase("d_ssim_w11_avg1")]
    [TestCase("d_ssim_bnrange")]
    public void Mean_and_its_gradient_equal_the_reference(string test) => GoldenLosses.AssertValueAndGradient(test, 1, StructuralSimilarity.Mean);

    [Test]
    public void Per_image_values_and_gradients_equal_the_reference() => GoldenLosses.AssertValueAndGradient("d_ssim_w11_avg0", 1, StructuralSimilarity.PerImage);

    [Test]
    public void Equal_images_have_similarity_1_and_the_loss_punishes_difference()
    {
        using var scope = NewDisposeScope();
        var image = rand(2, 3, 16, 16);
        Assert.That(StructuralSimilarity.PerImage(image, image).data<float>().ToArray(), Is.All.EqualTo(1).Within(1e-6));
        Assert.That(StructuralSimilarity.Loss(image, image).ToSingle(), Is.Zero.Within(1e-6));
        Assert.That(StructuralSimilarity.Loss(image, 1 - image).ToSingle(), Is.GreaterThan(1));
        Assert.That(StructuralSimilarity.Loss(image, image + 0.1f * randn_like(image)).ToSingle(), Is.GreaterThan(0.01));
    }

    [Test]
    public void A_flat_pair_has_the_value_of_the_formula()
    {
        using var scope = NewDisposeScope();
        // Far from the padded border there is no variance: (2ab + C₁)/(a² + b² + C₁).
        var value = StructuralSimilarity.Mean(full([1, 1, 200, 200], 0.4, float64), full([1, 1, 200, 200], 0.6, float64)).ToDouble();
        Assert.That(value, Is.EqualTo((2 * 0.24 + 1e-4) / (0.16 + 0.36 + 1e-4)).Within(0.01));
    }

    [Test]
    public void Batches_of_different_shape_are_a_clear_error()
    {
        using var scope = NewDisposeScope();
        Assert.That(() => StructuralSimilarity.Mean(rand(1, 3, 8, 8), rand(1, 3, 8, 9)), Throws.ArgumentException.With.Message.Contains("[1, 3, 8, 9]"));
        Assert.That(() => StructuralSimilarity.Loss(rand(3, 8, 8), rand(3, 8, 8)), Throws.ArgumentException.With.Message.Contains("[N, C, H, W]"));
    }

    [Test]
    public void No_tensor_is_left_behind()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (rand(1, 3, 16, 16), rand(1, 3, 16, 16));
        StructuralSimilarity.Loss(first, second).Dispose();
        long before = LiveTensors.Count();
        StructuralSimilarity.Loss(first, second).Dispose();
        StructuralSimilarity.PerImage(first, second).Dispose();
        SquaredDistance.Sum(first, second).Dispose();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }
}
