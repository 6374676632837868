using Lens2Logit.Sensors;
using Lens2Logit.Sensors.Differentiable;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Sensors.Differentiable;

public class DifferentiableMeasurementTests
{
    private static readonly Clipping[] Clippings = Enum.GetValues<Clipping>();

    [Test]
    public void In_training_every_call_has_fresh_noise_and_another_stage_repeats_the_series()
    {
        using var scope = NewDisposeScope();
        using DifferentiableMeasurement stage = new(), again = new(), other = new(new() { FrameSeed = 1 });
        var scene = full([2, 3, 8, 8], 0.5f);
        Tensor first = stage.forward(scene), second = stage.forward(scene);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Same(first, second), Is.False);
            Assert.That(Same(first[0], first[1]), Is.False, "images of a batch");
            Assert.That(Same(first, again.forward(scene)) && Same(second, again.forward(scene)), "the same seeds");
            Assert.That(Same(first, other.forward(scene)), Is.False, "another frame seed");
        }
    }

    [Test]
    public void With_row_keys_noise_follows_from_the_key_and_not_from_the_batch([Values] bool training)
    {
        using var scope = NewDisposeScope();
        using var stage = new DifferentiableMeasurement(new() { Sensor = SensorPresets.RawDrone with { RowNoiseElectrons = 3 } });
        stage.train(training);
        var scenes = rand(3, 3, 9, 7);
        var together = stage.forward(scenes, [5, ulong.MaxValue, 1UL << 32]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Same(stage.forward(scenes[1..2], [ulong.MaxValue]), together[1..2]));
            Assert.That(Same(stage.forward(scenes[2..3], [1UL << 32]), together[2..3]));
            Assert.That(Same(stage.forward(scenes[2..3], [0]), together[2..3]), Is.False, "the upper half of a key counts");
        }
    }

    [Test]
    public void In_eval_mode_it_is_an_ordinary_function_also_on_eight_threads()
    {
        using var scope = NewDisposeScope();
        using var stage = new DifferentiableMeasurement();
        stage.eval();
        var scene = rand(2, 3, 16, 16);
        var expected = stage.forward(scene);
        Assert.That(Same(stage.forward(scene), expected));
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using var inner = NewDisposeScope();
            Assert.That(Same(stage.forward(scene), expected));
        });
    }

    [Test]
    public void Raw_values_are_whole_digital_numbers_within_the_range_for_every_finite_scene(
        [Values(0, 1e-30f, 1, 1e30f, float.MaxValue)] float value, [Values(8, 12, 16)] int bits, [ValueSource(nameof(Clippings))] Clipping clipping)
    {
        using var scope = NewDisposeScope();
        var sensor = new SensorModel { BitDepth = bits, BlackLevelDn = 10 };
        using var stage = new DifferentiableMeasurement(new() { Sensor = sensor, Clipping = clipping });
        var scene = full([4, 3, 5, 6], value).requires_grad_();
        var raw = stage.forward(scene);
        raw.sum().backward();
        var numbers = (raw.detach().to(ScalarType.Float64) * sensor.MaximumDn).data<double>().ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(raw.detach().data<float>().ToArray(), Is.All.InRange(0f, 1f));
            Assert.That(numbers, Is.All.Matches<double>(n => Math.Abs(n - Math.Round(n)) < 0.01));
            Assert.That(scene.grad!.isfinite().all().item<bool>());
            Assert.That(stage.parameters().All(p => p.grad!.isfinite().all().item<bool>()));
        }
    }

    [Test]
    public void Straight_through_clipping_keeps_the_gradient_that_hard_clipping_loses_at_saturation()
    {
        Assert.That(Gradient(Clipping.StraightThrough), Is.GreaterThan(1));
        Assert.That(Gradient(Clipping.Hard), Is.Zero);
        Assert.That(Gradient(Clipping.Soft), Is.Zero.Within(1e-3));

        static float Gradient(Clipping clipping)
        {
            using var scope = NewDisposeScope();
            using var stage = new DifferentiableMeasurement(new() { Clipping = clipping, Exposure = new() { Illumination = 3 } });
            stage.forward(ones(1, 3, 4, 4)).mean().backward();
            return stage.Exposure.grad!.item<float>();
        }
    }

    [Test]
    public void Each_site_measures_its_own_colour([BayerPatterns] CfaPattern pattern)
    {
        using var scope = NewDisposeScope();
        const int Height = 5, Width = 7;
        var sensor = Shots.PlainCamera with { Cfa = pattern, QuantumEfficiency = new(0.25f, 0.5f, 0.4f), ReadNoiseElectrons = 0 };
        using var stage = new DifferentiableMeasurement(new() { Sensor = sensor, Exposure = new() { PhotonsPerPixel = 10_000 } });
        var scene = tensor([0.4f, 0.5f, 1]).view(1, 3, 1, 1).expand(1, 3, Height, Width);
        var shot = Shots.ToDn(sensor, stage.forward(scene).flatten().data<float>().ToArray());
        for (var pixel = 0; pixel < shot.Length; pixel++)
        {
            var expected = pattern.ChannelAt(pixel / Width, pixel % Width) switch { 0 => 1000, 1 => 2500, _ => 4000 };
            Assert.That((shot[pixel] - sensor.BlackLevelDn) / sensor.SystemGain, Is.EqualTo(expected).Within(6 * Math.Sqrt(expected)), $"pixel {pixel}");
        }
    }

    [Test]
    public void A_monochrome_sensor_takes_one_channel_as_three_equal_ones_and_weighs_three_by_efficiency()
    {
        using var scope = NewDisposeScope();
        var sensor = Shots.PlainCamera with { Cfa = CfaPattern.Monochrome, QuantumEfficiency = new(0.2f, 0.6f, 0.4f) };
        using var stage = new DifferentiableMeasurement(new() { Sensor = sensor, Exposure = new() { PhotonsPerPixel = 5000 } });
        var grey = rand(2, 1, 6, 6);
        var green = zeros(1, 3, 40, 40);
        green[.., 1] = 0.5;
        var electrons = ((stage.forward(green) * sensor.MaximumDn).mean().item<float>() - sensor.BlackLevelDn) / sensor.SystemGain;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((stage.forward(grey, [1, 2]) - stage.forward(grey.expand(2, 3, 6, 6), [1, 2])).abs().max().item<float>(),
                Is.Zero.Within(1.5f / sensor.MaximumDn), "sums differ in their last bit, which rounding may make one DN");
            Assert.That(electrons, Is.EqualTo(500).Within(4), "0.5 of 5000 photons in the green third, at 0.6 e⁻ each");
        }
    }

    [TestCase(1, 1)]
    [TestCase(1, 9)]
    [TestCase(7, 3)]
    public void Any_size_is_measured_and_sizes_may_alternate(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var stage = new DifferentiableMeasurement();
        stage.eval();
        var first = stage.forward(ones(2, 3, height, width));
        stage.forward(ones(1, 3, 4, 4));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.shape, Is.EqualTo(new long[] { 2, height, width }));
            Assert.That(stage.OutputShape([3, height, width]), Is.EqualTo(new[] { height, width }));
            Assert.That(Same(stage.forward(ones(2, 3, height, width)), first));
        }
    }

    [Test]
    public void It_is_rebuilt_from_its_options_and_weights()
    {
        using var scope = NewDisposeScope();
        using var stage = new DifferentiableMeasurement(new()
        {
            Sensor = SensorPresets.Imx477 with { CameraSeed = 4, RowNoiseElectrons = 1 }, Exposure = new() { PhotonsPerPixel = 321 }, FrameSeed = -8,
            Clipping = Clipping.Soft, SoftClippingWidth = 0.01f,
        });
        using var copy = (DifferentiableMeasurement)StageRegistry.Create(DifferentiableMeasurement.StageKind, stage.OptionsToJson());
        var scene = rand(2, 3, 6, 6);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(copy.Options, Is.EqualTo(stage.Options));
            Assert.That(Same(copy.forward(scene, [1, 2]), stage.forward(scene, [1, 2])));
            Assert.That(stage.state_dict().Keys, Is.EquivalentTo(new[] { "exposure", "gain", "read_noise", "black_level" }));
        }
    }

    [Test]
    public void Options_of_an_older_file_that_lack_a_property_get_its_default() =>
        Assert.That(DifferentiableMeasurementOptions.FromJson("""{"FrameSeed":3}"""), Is.EqualTo(new DifferentiableMeasurementOptions { FrameSeed = 3 }));

    [TestCase(null)]
    [TestCase(2000f)]
    public void What_was_learnt_is_read_back_as_sensor_and_exposure_of_the_exact_sampler(float? photons)
    {
        using var scope = NewDisposeScope();
        var exposure = photons is null ? new Exposure { Illumination = 0.4f } : new Exposure { PhotonsPerPixel = photons };
        using var stage = new DifferentiableMeasurement(new() { Sensor = Shots.PlainCamera, Exposure = exposure });
        using (no_grad())
        {
            stage.Exposure.fill_(-1);
            stage.Gain.fill_(6);
            stage.ReadNoise.fill_(-5);
            stage.BlackLevel.fill_(300);
        }

        var scene = full([1, 3, 200, 200], 0.5f);
        var measured = Moments.Of(Shots.ToDn(Shots.PlainCamera, stage.forward(scene).detach().flatten().data<float>().ToArray()));
        var exact = Moments.Of(Shots.Take(stage.CurrentSensor(), stage.CurrentExposure(), Enumerable.Repeat(0.5f, 3 * 200 * 200).ToArray(), 200, 200));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stage.CurrentSensor().SystemGain, Is.EqualTo(Shots.PlainCamera.SystemGain * 1.9953f).Within(1e-4));
            Assert.That(stage.CurrentSensor().ReadNoiseElectrons, Is.EqualTo(5));
            Assert.That(stage.CurrentSensor().BlackLevelDn, Is.EqualTo(300));
            Assert.That(stage.Penalty().item<float>(), Is.EqualTo(0.5f), "half of the light");
            Assert.That(measured.Mean, Is.EqualTo(exact.Mean).Within(0.2).Percent);
            Assert.That(measured.Variance, Is.EqualTo(exact.Variance).Within(5).Percent);
            Assert.That(stage.ToString(), Does.Contain("−1.00 EV").And.Contain("+6.00 dB").And.Contain("5 e⁻").And.Contain("300 DN").And.Contain("DN/e⁻"));
        }
    }

    [Test]
    public void The_dose_doubles_with_each_ev_and_its_gradient_is_ln_2_times_it()
    {
        using var scope = NewDisposeScope();
        using var stage = new DifferentiableMeasurement(type: ScalarType.Float64);
        using (no_grad())
        {
            stage.Exposure.fill_(3);
        }

        var dose = stage.Penalty();
        dose.backward();
        Assert.That(dose.item<double>(), Is.EqualTo(8).Within(1e-12));
        Assert.That(stage.Exposure.grad!.item<double>(), Is.EqualTo(8 * Math.Log(2)).Within(1e-12));
    }

    [Test]
    public void Measuring_and_learning_leave_no_tensor_behind([ValueSource(nameof(Clippings))] Clipping clipping)
    {
        using var stage = new DifferentiableMeasurement(new() { Clipping = clipping, Sensor = SensorPresets.RawDrone with { RowNoiseElectrons = 1 } });
        Step();
        var before = LiveTensors.Count();
        for (var i = 0; i < 5; i++)
        {
            Step();
        }

        Assert.That(LiveTensors.Count(), Is.EqualTo(before));

        void Step()
        {
            using var scope = NewDisposeScope();
            (stage.forward(rand(4, 3, 8, 8)).mean() + stage.Penalty()).backward();
        }
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(-0.25f)]
    public void A_scene_that_is_no_light_is_named_with_its_place(float value)
    {
        using var scope = NewDisposeScope();
        using var stage = new DifferentiableMeasurement();
        var scene = rand(3, 3, 5, 4);
        scene[2, 0, 4, 1] = value;
        Assert.That(() => stage.forward(scene), Throws.ArgumentException.With.Message.Contains("at image 2 of the batch, channel 0, row 4, column 1")
            .And.Message.Contains("finite value of at least 0"));
    }

    [Test]
    public void Bad_options_shapes_and_keys_are_named()
    {
        using var scope = NewDisposeScope();
        using var stage = new DifferentiableMeasurement();
        void Refused(DifferentiableMeasurementOptions options, string message) =>
            Assert.That(() => new DifferentiableMeasurement(options), Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));
        using (Assert.EnterMultipleScope())
        {
            Refused(new() { Sensor = new() { ReadNoiseElectrons = -1 } }, "ReadNoiseElectrons is -1 e⁻; the allowed range is 0 to 10000 e⁻");
            Refused(new() { Exposure = new() { Illumination = float.NaN } }, "Illumination is NaN");
            Refused(new() { Exposure = new() { PhotonsPerPixel = -3 } }, "PhotonsPerPixel is -3 photons");
            Refused(new() { SoftClippingWidth = 0 }, "SoftClippingWidth is 0");
            Refused(new() { Clipping = (Clipping)9 }, "StraightThrough, Hard, Soft");
            Assert.That(() => stage.forward(ones(1, 1, 4, 4)), Throws.ArgumentException.With.Message.Contains("N times [3, H, W]; found [1, 1, 4, 4]"));
            Assert.That(() => stage.forward(ones(3, 4, 4)), Throws.ArgumentException.With.Message.Contains("found [3, 4, 4]"));
            Assert.That(() => stage.forward(ones(0, 3, 4, 4)), Throws.ArgumentException.With.Message.Contains("found [0, 3, 4, 4]"));
            Assert.That(() => stage.forward(ones(2, 3, 4, 4), [1]), Throws.ArgumentException.With.Message.Contains("1 row keys for 2 images"));
            Assert.That(() => stage.OutputShape([4, 4]), Throws.ArgumentException.With.Message.Contains("[3, H, W]; found [4, 4]"));
            Assert.That(() => DifferentiableMeasurementOptions.FromJson("""{"Clip":1}"""), Throws.InstanceOf<InvalidDataException>());
        }
    }

    [Test, Category("Gpu")]
    public void On_a_gpu_the_noise_is_that_of_the_cpu([Values] bool learning)
    {
        Cuda.Require();

        using var scope = NewDisposeScope();
        using var stage = new DifferentiableMeasurement();
        stage.train(learning);
        var scene = rand(2, 3, 8, 8);
        var expected = stage.forward(scene, [7, 8]);
        stage.to(CUDA);
        Assert.That((stage.forward(scene.cuda(), [7, 8]).cpu() - expected).abs().max().item<float>(), Is.Zero.Within(1.5f / 4095));
        stage.forward(scene.cuda(), [7, 8]).mean().backward();
        Assert.That(stage.Exposure.grad!.cpu().item<float>(), Is.GreaterThan(0));
    }

    private static bool Same(Tensor a, Tensor b) => a.equal(b).all().item<bool>();
}
