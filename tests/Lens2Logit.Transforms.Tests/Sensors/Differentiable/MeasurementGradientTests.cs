using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Differentiable;
using Lens2Logit.Sensors.Optics;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Sensors.Differentiable;

/// <summary>
/// A gradient by reparametrisation is right on average. It is averaged over 20 000 images and compared with the central difference of the
/// expected output, which <see cref="ExpectedSignal"/> has without sampling.
/// </summary>
public class MeasurementGradientTests
{
    private const int Batches = 40, ImagesPerBatch = 500, Size = 6;

    // The means of 40 batches are normal, so the deviation from their mean over its standard error follows Student's t with 39 degrees
    // of freedom, which exceeds 5.5 with probability 3e-6: with under 50 checks correct gradients pass them all with p > 0.9998.
    private const double StandardErrors = 5.5;

    // The standard error must be a small share of the difference, or else the test would say nothing.
    private const double Resolution = 0.02;

    // Both ends of the range clip: noise in the dark is 6 DN at a black level of 2 DN, and the brightest pixels are beyond white.
    private static readonly SensorModel Camera = Shots.PlainCamera with
    {
        BitDepth = 8, SystemGain = 0.5f, ReadNoiseElectrons = 12, BlackLevelDn = 2, FullWellElectrons = 10_000, Cfa = CfaPattern.Grbg,
    };

    private static readonly Exposure Light = new() { PhotonsPerPixel = 900 };

    private static readonly string[] Names = ["exposure", "gain", "read_noise", "black_level", "gaussian_sigma"];

    [Test]
    public void Gradients_with_hard_clipping_are_those_of_the_expected_clipped_and_rounded_output(
        [ValueSource(nameof(Names))] string name, [Values(1, 2)] int power) =>
        Check(name, Clipping.Hard, Camera, power, p => ExpectedSignal.ClippedAndRounded(p.MeanDn, p.DeviationDn, Camera.MaximumDn, power));

    [Test]
    public void Gradients_with_straight_through_clipping_are_those_of_the_expected_output_before_clipping([ValueSource(nameof(Names))] string name) =>
        Check(name, Clipping.StraightThrough, Camera, 1, p => p.MeanDn, leastDifference: 2);

    [Test]
    public void Gradients_with_soft_clipping_are_those_of_the_expected_softly_clipped_output([ValueSource(nameof(Names))] string name)
    {
        const double Width = 0.02 * 255;
        Check(name, Clipping.Soft, Camera, 1, p => ExpectedSignal.Of(SoftClip, p.MeanDn, p.DeviationDn));

        static Tensor SoftClip(Tensor x) => Width * (Softplus(x / Width) - Softplus((x - 255) / Width));

        static Tensor Softplus(Tensor x) => x.clamp_min(0) + (-x.abs()).exp().log1p();
    }

    [Test]
    public void Gradients_at_the_full_well_are_those_of_the_expected_limited_charge([Values("exposure", "gain", "gaussian_sigma")] string name)
    {
        var camera = Camera with { BitDepth = 12, SystemGain = 2, FullWellElectrons = 400, ReadNoiseElectrons = 2, BlackLevelDn = 200 };
        Check(name, Clipping.Hard, camera, 1, p => (ExpectedSignal.Limited(p.Electrons, p.Electrons.sqrt(), 400) * p.Gain) + p.BlackLevel);
    }

    /// <summary>
    /// Compares the averaged gradient of a weighted sum of pixels (to a power) with the difference of its expectation; where that is less
    /// than <paramref name="leastDifference"/>, as read noise has none on a mean that nothing clips, it must be resolved as well as that.
    /// </summary>
    private static void Check(
        string name, Clipping clipping, SensorModel camera, int power, Func<Prediction, Tensor> expected, double leastDifference = 1e-6)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var lens = new Lens(new() { GaussianSigmaMicrometers = 0.9, KernelRadiusPixels = 2 }, ScalarType.Float64);
        using var stage = new DifferentiableMeasurement(
            new() { Sensor = camera, Exposure = Light, Clipping = clipping, SoftClippingWidth = 0.02f }, ScalarType.Float64);
        var scene = rand([1, 3, Size, Size], ScalarType.Float64).pow(8) * 3;
        var weights = rand([Size, Size], ScalarType.Float64) + 0.5;
        var parameter = lens.get_parameter(name) ?? stage.get_parameter(name)!;

        var gradients = new double[Batches];
        for (var batch = 0; batch < Batches; batch++)
        {
            using var inner = NewDisposeScope();
            lens.zero_grad();
            stage.zero_grad();
            var number = stage.forward(lens.forward(scene).expand(ImagesPerBatch, -1, -1, -1)) * camera.MaximumDn;
            (number.pow(power) * weights).sum().div(ImagesPerBatch).backward();
            gradients[batch] = parameter.grad!.sum().item<double>();
        }

        var measured = Moments.Of(gradients);
        var error = measured.StandardDeviation / Math.Sqrt(Batches);
        var difference = Difference(Loss, parameter, name == "exposure" ? 1e-4 : 1e-3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error, Is.LessThan(Resolution * Math.Max(Math.Abs(difference), leastDifference)), "standard error");

            // Beside the error of the mean: where a density is cut off at an end of the range, rounding shifts the slope a little.
            Assert.That(measured.Mean, Is.EqualTo(difference).Within((StandardErrors * error) + (3e-4 * Math.Abs(difference))));
        }

        double Loss() => (expected(Prediction.Of(camera, stage, lens.forward(scene))) * weights).sum().item<double>();
    }

    private static double Difference(Func<double> loss, Tensor parameter, double step)
    {
        using var off = no_grad();
        parameter.add_(step);
        var above = loss();
        parameter.sub_(2 * step);
        var below = loss();
        parameter.add_(step);
        return (above - below) / (2 * step);
    }

    /// <summary>What the model of EMVA 1288 says for the parameters as they are, each applied by its documentation.</summary>
    private sealed record Prediction(Tensor Electrons, Tensor Gain, Tensor BlackLevel, Tensor ReadNoise)
    {
        public Tensor MeanDn => (Electrons * Gain) + BlackLevel;

        public Tensor DeviationDn => (Electrons + ReadNoise.square()).sqrt() * Gain;

        public static Prediction Of(SensorModel camera, DifferentiableMeasurement stage, Tensor scene) => new(
            ExpectedSignal.Electrons(camera, Light, scene) * pow(2, stage.Exposure),
            camera.SystemGain * pow(10, stage.Gain / 20),
            stage.BlackLevel,
            stage.ReadNoise);
    }
}
