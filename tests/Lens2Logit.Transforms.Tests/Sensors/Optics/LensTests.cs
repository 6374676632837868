using Lens2Logit.Sensors.Optics;
using Lens2Logit.Stages;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Sensors.Optics;

public class LensTests
{
    private static readonly LensOptions Everything = new()
    {
        PixelPitchMicrometers = 2,
        GaussianSigmaMicrometers = 1.3,
        FNumber = 4,
        DefocusRadiusMicrometers = 3.1,
        CornerAngleDegrees = 20,
        ChromaticMagnificationPercent = [1.7, -1.1],
        KernelRadiusPixels = 6,
    };

    private static readonly LensOptions[] Blurs =
    [
        new() { GaussianSigmaMicrometers = 3 },
        new() { GaussianSigmaMicrometers = 0 },
        new() { FNumber = 5.6 },
        new() { DefocusRadiusMicrometers = 4 },
        new() { GaussianSigmaMicrometers = 1, FNumber = 2.8, DefocusRadiusMicrometers = 2 },
    ];

    [TestCaseSource(nameof(Blurs))]
    public void Light_is_conserved_and_stays_positive(LensOptions options)
    {
        using var scope = NewDisposeScope();
        using var lens = new Lens(options, ScalarType.Float64);
        var point = zeros([1, 3, 65, 65], ScalarType.Float64);
        point[.., .., 32, 32] = 1;
        var image = lens.forward(point);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(image.sum([0, 2, 3]).data<double>().ToArray(), Is.All.EqualTo(1).Within(1e-12));
            Assert.That(image.min().item<double>(), Is.GreaterThanOrEqualTo(0));
            Assert.That((image - image.flip(2)).abs().max().item<double>(), Is.Zero.Within(1e-12), "symmetric");
            Assert.That((lens.forward(ones_like(point)) - 1).abs().max().item<double>(), Is.Zero.Within(1e-12), "a uniform scene stays uniform");
        }
    }

    // Tables of Abramowitz and Stegun, chapter 9.
    [TestCase(0, 0)]
    [TestCase(1, 0.4400505857)]
    [TestCase(2.9, 0.3754274818)]
    [TestCase(3.1, 0.3009211331)]
    [TestCase(5, -0.3275791376)]
    [TestCase(10, 0.0434727462)]
    public void Bessel_function_matches_the_tables(double x, double expected)
    {
        using var scope = NewDisposeScope();
        Assert.That((x * PointSpread.BesselJ1OverX(tensor(x, dtype: ScalarType.Float64))).item<double>(), Is.EqualTo(expected).Within(1e-7));
    }

    [Test]
    public void The_airy_pattern_is_dark_first_at_1_22_wavelengths_times_the_f_number([Values(0.45, 0.62)] double wavelength, [Values(2.8, 8)] double number)
    {
        using var scope = NewDisposeScope();
        var first = linspace(0.5, 1.7, 12_001, dtype: ScalarType.Float64);
        var intensity = PointSpread.AiryIntensity(
            first * wavelength * number, tensor(wavelength, dtype: ScalarType.Float64), tensor(number, dtype: ScalarType.Float64));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first[intensity.argmin()].item<double>(), Is.EqualTo(1.2197).Within(2e-4));
            Assert.That(intensity.min().item<double>(), Is.Zero.Within(1e-8));
        }
    }

    [Test]
    public void A_wide_gaussian_has_its_variance_and_that_of_the_pixel()
    {
        using var scope = NewDisposeScope();
        var kernel = PointSpread.Gaussian(tensor(new[] { 2.0, 4.0, 6.0 }), 2, 20).squeeze(1).sum(dim: 1);
        var place = arange(41, dtype: ScalarType.Float64) - 20;
        var variance = (kernel * place.square()).sum(dim: 1).data<double>().ToArray();
        Assert.That(variance, Is.EqualTo(new[] { 1 + (1 / 12.0), 4 + (1 / 12.0), 9 + (1 / 12.0) }).Within(1e-6));
    }

    [Test]
    public void A_disk_has_the_variance_of_a_disk()
    {
        using var scope = NewDisposeScope();
        var kernel = PointSpread.Disk(tensor(new[] { 12.0 }), 2, 10)[0, 0].sum(dim: 0);
        var place = arange(21, dtype: ScalarType.Float64) - 10;

        // r²/4 in pixels², the pixel's own, and a little for the soft edge.
        Assert.That((kernel * place.square()).sum().item<double>(), Is.EqualTo(9 + (1 / 12.0)).Within(2).Percent);
    }

    [Test]
    public void Red_is_blurred_more_by_diffraction_than_blue()
    {
        using var scope = NewDisposeScope();
        using var lens = new Lens(new() { FNumber = 8 });
        var point = zeros(1, 3, 33, 33);
        point[.., .., 16, 16] = 1;
        var peaks = lens.forward(point)[0, .., 16, 16].data<float>().ToArray();
        Assert.That(peaks, Is.Ordered.Ascending);
    }

    [Test]
    public void Vignetting_is_the_fourth_power_of_the_cosine_at_the_corner()
    {
        using var scope = NewDisposeScope();
        using var lens = new Lens(new() { CornerAngleDegrees = 30 }, ScalarType.Float64);
        var image = lens.forward(ones([1, 3, 21, 31], ScalarType.Float64));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(image[0, 1, 0, 0].item<double>(), Is.EqualTo(Math.Pow(Math.Cos(Math.PI / 6), 4)).Within(1e-12));
            Assert.That(image[0, 2, 20, 30].item<double>(), Is.EqualTo(0.5625).Within(1e-12));
            Assert.That(image[0, 0, 10, 15].item<double>(), Is.EqualTo(1).Within(1e-12));
        }
    }

    [TestCase(2, 2)]
    [TestCase(1, 2)]
    [TestCase(2, 3)]
    public void The_corner_has_its_angle_in_the_smallest_images_too(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var lens = new Lens(new() { CornerAngleDegrees = 30 }, ScalarType.Float64);
        Assert.That(lens.forward(ones([1, 3, height, width], ScalarType.Float64))[0, 1, 0, 0].item<double>(), Is.EqualTo(0.5625).Within(1e-12));
    }

    [Test]
    public void A_lens_that_is_moved_to_another_type_computes_with_the_moved_numbers()
    {
        using var scope = NewDisposeScope();
        using Lens lens = new(Everything), exact = new(Everything, ScalarType.Float64);
        lens.to(ScalarType.Float64);
        var scene = rand([1, 3, 12, 12], ScalarType.Float64);
        var image = lens.forward(scene);
        image.sum().backward();
        using (Assert.EnterMultipleScope())
        {
            // The numbers were rounded to float32 before.
            Assert.That((image - exact.forward(scene)).abs().max().item<double>(), Is.Zero.Within(1e-6));
            Assert.That(lens.parameters().Select(parameter => parameter.dtype), Is.All.EqualTo(ScalarType.Float64));
            Assert.That(lens.parameters().Select(parameter => parameter.grad), Is.All.Not.Null);
            Assert.That(lens.FNumber!.item<double>(), Is.EqualTo(4));
        }
    }

    [Test]
    public void A_larger_red_image_moves_outwards_and_green_stays()
    {
        using var scope = NewDisposeScope();
        using var lens = new Lens(new() { ChromaticMagnificationPercent = [10, -10] }, ScalarType.Float64);

        // A ramp from the centre: the value is the distance.
        var ramp = (arange(41, dtype: ScalarType.Float64) - 20).view(1, 1, 1, 41).expand(1, 3, 9, 41).contiguous();
        var image = lens.forward(ramp)[0, .., 4, 30].data<double>().ToArray();
        Assert.That(image, Is.EqualTo(new[] { 10 / 1.1, 10, 10 / 0.9 }).Within(1e-9));
    }

    [Test]
    public void Gradients_of_every_number_and_of_the_scene_equal_central_differences()
    {
        using var scope = NewDisposeScope();
        using var lens = new Lens(Everything, ScalarType.Float64);
        manual_seed(3);
        var scene = rand([2, 3, 17, 20], ScalarType.Float64).requires_grad_();
        var weights = randn([2, 3, 17, 20], ScalarType.Float64);
        (lens.forward(scene) * weights).sum().backward();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lens.named_parameters().Select(parameter => parameter.name), Is.EquivalentTo(
                new[] { "gaussian_sigma", "f_number", "defocus_radius", "corner_angle", "chromatic_magnification" }));
            foreach (var (name, parameter) in lens.named_parameters().Append(("scene", new Parameter(scene.detach()))))
            {
                var analytic = name == "scene" ? scene.grad! : parameter.grad!;
                var tested = name == "scene" ? scene : parameter;
                for (var i = 0; i < Math.Min(tested.numel(), 5); i++)
                {
                    Assert.That(analytic.flatten()[i].item<double>(), Is.EqualTo(Central(tested, i)).Within(1e-6).Or.EqualTo(Central(tested, i)).Within(1e-4).Percent, $"{name}[{i}]");
                }
            }
        }

        double Central(Tensor number, int index)
        {
            const double Step = 1e-5;
            using var off = no_grad();
            double Loss(double change)
            {
                number.view(-1)[index] += change;
                var loss = (lens.forward(scene) * weights).sum().item<double>();
                number.view(-1)[index] -= change;
                return loss;
            }

            return (Loss(Step) - Loss(-Step)) / (2 * Step);
        }
    }

    [Test]
    public void A_lens_without_options_changes_nothing_and_odd_and_smallest_sizes_work([Values(1, 2, 7)] int height, [Values(1, 5)] int width)
    {
        using var scope = NewDisposeScope();
        using Lens plain = new(), full = new(Everything);
        var scene = rand(1, 3, height, width);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plain.forward(scene).equal(scene).all().item<bool>());
            Assert.That(full.forward(scene).shape, Is.EqualTo(scene.shape));
            Assert.That(full.forward(scene).isfinite().all().item<bool>());
        }
    }

    [Test]
    public void It_is_rebuilt_from_its_options_and_leaves_no_tensor_behind()
    {
        using var lens = new Lens(Everything);
        using var copy = (Lens)StageRegistry.Create(Lens.StageKind, lens.OptionsToJson());
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            var scene = rand(1, 3, 12, 12);
            Assert.That(copy.forward(scene).equal(lens.forward(scene)).all().item<bool>());
        }

        Assert.That(DisposeScopeManager.Statistics.ThreadTotalLiveCount, Is.EqualTo(before));
    }

    [Test]
    public void Bad_options_and_shapes_are_named()
    {
        using var lens = new Lens();
        using var grey = zeros(1, 1, 8, 8);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new Lens(new() { FNumber = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("FNumber is 0"));
            Assert.That(() => new Lens(new() { CornerAngleDegrees = 90 }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("°"));
            Assert.That(() => new Lens(new() { WavelengthsNanometers = [500] }), Throws.ArgumentException.With.Message.Contains("has 1 values; expected 3"));
            Assert.That(() => new Lens(new() { ChromaticMagnificationPercent = [1, 60] }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("[1] is 60 %"));
            Assert.That(() => lens.forward(grey), Throws.ArgumentException.With.Message.Contains("[N, 3, H, W]; found [1, 1, 8, 8]"));
            Assert.That(() => lens.OutputShape([1, 8, 8]), Throws.ArgumentException.With.Message.Contains("[3, H, W]"));
        }
    }
}
