using Lens2Logit.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Losses;

public class DiceLossTests
{
    [TestCase("d_dice_binary")]
    [TestCase("d_dice_binary_emptytarget")]
    public void Value_and_gradient_equal_the_reference(string test) =>
        GoldenLosses.AssertValueAndGradient(test, 1, (target, logits) => DiceLoss.FromLogits(logits, target));

    [Test]
    public void A_batch_of_one_stays_a_batch()
    {
        using var scope = NewDisposeScope();
        var (logits, target) = (randn(1, 1, 6, 5), (rand(1, 6, 5) > 0.5));
        var p = logits.sigmoid().squeeze(1);
        var expected = 1 - 2 * (p * target).sum().ToSingle() / (p.sum() + target.sum()).ToSingle();
        Assert.That(DiceLoss.FromLogits(logits, target).ToSingle(), Is.EqualTo(expected).Within(1e-6));
        Assert.That(DiceLoss.FromLogits(logits.squeeze(1), target.unsqueeze(1)).ToSingle(), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void A_perfect_mask_has_no_loss_and_an_opposite_one_all_of_it()
    {
        using var scope = NewDisposeScope();
        var target = (rand(2, 8, 8) > 0.5).to(float32);
        Assert.That(DiceLoss.FromLogits((target - 0.5f) * 100, target).ToSingle(), Is.Zero.Within(1e-6));
        Assert.That(DiceLoss.FromLogits((0.5f - target) * 100, target).ToSingle(), Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void Masks_of_another_size_are_a_clear_error()
    {
        using var scope = NewDisposeScope();
        Assert.That(() => DiceLoss.FromLogits(zeros(2, 1, 8, 8), zeros(2, 8, 9)), Throws.ArgumentException.With.Message.Contains("[2, 1, 8, 8]").And.Message.Contains("[2, 8, 9]"));
        Assert.That(() => DiceLoss.FromLogits(zeros(2, 3, 8, 8), zeros(2, 8, 8)), Throws.ArgumentException.With.Message.Contains("[2, 3, 8, 8]"));
    }
}
