using Lens2Logit.Corruptions;

namespace Lens2Logit.Tests.Corruptions;

public class CorruptionErrorTests
{
    private static readonly Dictionary<string, IReadOnlyList<double>> Baseline = new() { ["contrast"] = [0.2, 0.4], ["brightness"] = [0.3, 0.5] };
    private static readonly Dictionary<string, IReadOnlyList<double>> Errors = new() { ["brightness"] = [0.2, 0.2], ["contrast"] = [0.3, 0.3] };

    [Test]
    public void A_baseline_scores_1_against_itself()
    {
        Assert.That(CorruptionError.Mean(Baseline, Baseline), Is.EqualTo(1).Within(1e-12));
        Assert.That(CorruptionError.RelativeMean(Baseline, 0.1, Baseline, 0.1), Is.EqualTo(1).Within(1e-12));
    }

    [Test]
    public void Values_follow_the_definition()
    {
        // 0.6/0.6 and 0.4/0.8; over the clean errors 0.05 and 0.1: 0.5/0.4 and 0.3/0.6.
        Assert.That(CorruptionError.Mean(Errors, Baseline), Is.EqualTo(0.75).Within(1e-12));
        Assert.That(CorruptionError.RelativeMean(Errors, 0.05, Baseline, 0.1), Is.EqualTo(0.875).Within(1e-12));
    }

    [Test]
    public void What_cannot_be_compared_is_a_clear_error()
    {
        var other = new Dictionary<string, IReadOnlyList<double>> { ["contrast"] = [0.2, 0.4] };
        Assert.That(() => CorruptionError.Mean(Errors, other), Throws.ArgumentException.With.Message.Contains("brightness (2), contrast (2)"));
        Assert.That(() => CorruptionError.Mean(other, new Dictionary<string, IReadOnlyList<double>> { ["contrast"] = [20, 40] }), Throws.ArgumentException.With.Message.Contains("[0, 1]"));
        Assert.That(() => CorruptionError.RelativeMean(other, 0.1, other, 0.35), Throws.ArgumentException.With.Message.Contains("contrast adds no errors"));
    }
}
