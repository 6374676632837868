using Lens2Logit.Sensors.Unprocessing;

namespace Lens2Logit.Tests.Sensors.Unprocessing;

public class UnprocessingTests
{
    private static readonly UnprocessingParameters Camera = new UnprocessingOptions().Sample(seed: 3, key: 14);

    [TestCase(0, 0)]
    [TestCase(0.25, 0.15625)]
    [TestCase(0.5, 0.5)]
    [TestCase(1, 1)]
    public void The_tone_curve_is_smoothstep(double x, double y)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ToneCurve.Smoothstep(x), Is.EqualTo(y).Within(1e-15));
            Assert.That(ToneCurve.InverseSmoothstep(y), Is.EqualTo(x).Within(1e-15));
        }
    }

    [Test]
    public void The_inverse_of_the_tone_curve_is_exact([Range(0.0, 1, 0.05)] double x) =>
        Assert.That(ToneCurve.InverseSmoothstep(ToneCurve.Smoothstep(x)), Is.EqualTo(x).Within(1e-9), "its slope is 0 at the ends");

    [Test]
    public void The_steps_are_those_of_the_paper()
    {
        // A pixel by hand, below the inflection: tone curve, γ, matrix, gains.
        var camera = new UnprocessingParameters { RedGain = 2, BlueGain = 1.6, Brightening = 1.25, SrgbToCamera = [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0, 0.2, 0.8] };
        var scene = new float[3];
        camera.Unprocess([0.6f, 0.4f, 0.3f], scene);
        double r = Linear(0.6f), g = Linear(0.4f), b = Linear(0.3f);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scene[0], Is.EqualTo(((0.7 * r) + (0.2 * g) + (0.1 * b)) / 2 / 1.25).Within(1e-7));
            Assert.That(scene[1], Is.EqualTo(((0.1 * r) + (0.8 * g) + (0.1 * b)) / 1.25).Within(1e-7));
            Assert.That(scene[2], Is.EqualTo(((0.2 * g) + (0.8 * b)) / 1.6 / 1.25).Within(1e-7));
        }

        static double Linear(double y) => Math.Pow(0.5 - Math.Sin(Math.Asin(1 - (2 * y)) / 3), 2.2);
    }

    [Test]
    public void What_is_invertible_comes_back([Range(0, 9)] int key)
    {
        var camera = new UnprocessingOptions().Sample(1, (ulong)key);
        var image = Muted(1000);
        var scene = new float[image.Length];
        camera.Unprocess(image, scene);
        var back = new float[image.Length];
        camera.Process(scene, back);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scene, Is.Not.EqualTo(image));
            Assert.That(back, Is.EqualTo(image).Within(2e-6f));
        }
    }

    [Test]
    public void Linear_light_that_is_processed_first_comes_back_too()
    {
        var camera = Camera with { Brightening = 1 };
        var scene = Muted(300).Select(value => 0.3f * value).ToArray();
        var image = new float[scene.Length];
        camera.Process(scene, image);
        var back = new float[scene.Length];
        camera.Unprocess(image, back);
        Assert.That(back, Is.EqualTo(scene).Within(1e-5f));
    }

    [Test]
    public void White_stays_white_and_highlights_come_back_brighter()
    {
        float[] image = [1, 0.998f, 0.9f, 1, 0.998f, 0.9f, 1, 0.998f, 0.9f];
        float[] scene = new float[9], back = new float[9];
        Camera.Unprocess(image, scene);
        Camera.Process(scene, back);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new[] { scene[0], scene[3], scene[6] }, Is.All.EqualTo(1).Within(1e-6f), "white fills the sensor in every colour");
            Assert.That(back[1], Is.GreaterThan(image[1]), "what is above the inflection is not invertible");
            Assert.That(back[2], Is.EqualTo(image[2]).Within(1e-6f), "0.9 is 0.62 in linear light");
        }
    }

    [Test]
    public void Colours_outside_the_cameras_range_are_clipped()
    {
        // A blue that excites the camera's red less than nothing.
        var camera = Camera with { SrgbToCamera = [0.9, 0.2, -0.1, 0.1, 0.8, 0.1, 0, 0.2, 0.8] };
        float[] scene = new float[3], back = new float[3];
        camera.Unprocess([0, 0, 0.8f], scene);
        camera.Process(scene, back);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scene[0], Is.Zero);
            Assert.That(back, Is.Not.EqualTo(new[] { 0, 0, 0.8f }).Within(1e-3f));
        }
    }

    [Test]
    public void Without_tone_curve_and_with_gamma_1_a_neutral_camera_changes_nothing()
    {
        var image = Muted(50);
        var scene = new float[image.Length];
        (UnprocessingParameters.Identity with { ToneMapped = false, Gamma = 1 }).Unprocess(image, scene);
        Assert.That(scene, Is.EqualTo(image).Within(1e-7f));
    }

    [Test]
    public void An_image_may_be_unprocessed_in_place()
    {
        float[] image = Muted(20), scene = new float[60];
        Camera.Unprocess(image, scene);
        Camera.Unprocess(image, image);
        Assert.That(image, Is.EqualTo(scene));
    }

    [TestCase(float.NaN)]
    [TestCase(-0.01f)]
    [TestCase(137f)]
    public void A_value_that_no_image_has_is_named_with_its_place(float value)
    {
        float[] image = [0, 0, 0, 0, value, 0];
        Assert.That(() => Camera.Unprocess(image, new float[6]),
            Throws.ArgumentException.With.Message.Contains(FormattableString.Invariant($"The image is {value} at channel 2, pixel 0; expected a value in [0, 1]")));
    }

    [Test]
    public void Lengths_and_scenes_that_cannot_be_are_named()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Camera.Unprocess(new float[5], new float[5]), Throws.ArgumentException.With.Message.Contains("has 5 values and the result 5; expected"));
            Assert.That(() => Camera.Process(new float[6], new float[3]), Throws.ArgumentException.With.Message.Contains("has 6 values and the result 3"));
            Assert.That(() => Camera.Process([0, float.NaN, 0], new float[3]), Throws.ArgumentException.With.Message.Contains("NaN at channel 1"));
        }
    }

    [Test]
    public void Parameters_out_of_range_are_named_with_value_and_range()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That((Camera with { RedGain = 0 }).Validate, Throws.InstanceOf<ArgumentException>().With.Message.Contains("RedGain is 0; the allowed range is 0.1 to 10"));
            Assert.That((Camera with { Gamma = double.NaN }).Validate, Throws.InstanceOf<ArgumentException>().With.Message.Contains("Gamma is NaN; the allowed range is 1 to 4"));
            Assert.That((Camera with { SrgbToCamera = [1, 2] }).Validate, Throws.InstanceOf<ArgumentException>().With.Message.Contains("SrgbToCamera has 2 values; expected 9"));
            Assert.That((Camera with { SrgbToCamera = new double[9] }).Validate, Throws.InstanceOf<ArgumentException>().With.Message.Contains("SrgbToCamera has no inverse"));
        }
    }

    // Neither highlights nor saturated colours.
    private static float[] Muted(int pixels)
    {
        var random = new Random(7);
        var image = new float[3 * pixels];
        for (int i = 0; i < pixels; i++)
        {
            var grey = 0.1f + (0.8f * random.NextSingle());
            for (int channel = 0; channel < 3; channel++)
                image[(channel * pixels) + i] = grey * (0.9f + (0.2f * random.NextSingle()));
        }

        return image;
    }
}
