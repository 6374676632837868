using Lens2Logit.MLNet.Data;
using Lens2Logit.MLNet.Data.Smear;

namespace Lens2Logit.Tests.Data;

public class SyntheticSmearTests
{
    [Test]
    public void An_image_does_not_depend_on_what_was_rendered_before()
    {
        float[] alone = Render(new SyntheticSmear(new()), 7);
        var smear = new SyntheticSmear(new());
        for (int i = 20; i > 7; i--)
            Render(smear, i);

        Assert.That(Render(smear, 7), Is.EqualTo(alone));
    }

    [Test]
    public void An_image_does_not_depend_on_the_thread()
    {
        var smear = new SyntheticSmear(new());
        var sequential = new float[16][];
        var parallel = new float[16][];
        for (int i = 0; i < sequential.Length; i++)
            sequential[i] = Render(smear, i);
        Parallel.For(0, parallel.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => parallel[i] = Render(smear, i));

        Assert.That(parallel, Is.EqualTo(sequential));
    }

    [Test]
    public void The_number_of_images_does_not_change_them()
    {
        var few = new SyntheticSmear(new() { Count = 8 });
        var many = new SyntheticSmear(new() { Count = 8000 });

        Assert.That(Render(many, 7), Is.EqualTo(Render(few, 7)));
        Assert.That(many.ClassOf(7), Is.EqualTo(few.ClassOf(7)));
    }

    [Test]
    public void What_the_buffer_held_before_does_not_show()
    {
        var smear = new SyntheticSmear(new());
        var scene = new float[3 * 64 * 64];
        Array.Fill(scene, float.NaN);
        smear.Render(3, scene);

        Assert.That(scene, Is.EqualTo(Render(smear, 3)));
    }

    [Test]
    public void Another_index_or_another_seed_is_another_image()
    {
        var smear = new SyntheticSmear(new());
        float[] image = Render(smear, 0);

        Assert.That(MeanDifference(image, Render(smear, 1)), Is.GreaterThan(0.01));
        Assert.That(MeanDifference(image, Render(new SyntheticSmear(new() { Seed = 2 }), 0)), Is.GreaterThan(0.01));
    }

    [TestCase(32)]
    [TestCase(33)]
    [TestCase(64)]
    [TestCase(150)]
    public void Light_is_finite_and_between_0_and_1_at_any_size(int size)
    {
        var smear = new SyntheticSmear(new() { Size = size, Count = 30 });
        for (int i = 0; i < smear.Count; i++)
        {
            foreach (float light in Render(smear, i))
            {
                if (!(light is > 0 and <= 1))
                    Assert.Fail($"{smear.NameOf(i)} holds {light}");
            }
        }
    }

    [Test]
    public void Light_stays_between_0_and_1_at_the_limits_of_the_options()
    {
        var smear = new SyntheticSmear(new()
        {
            Count = 30, Seed = int.MinValue, StainVariation = 0.5f, MinDefocusMicrometers = 0, MaxDefocusMicrometers = 3,
            MinIllumination = 1, MaxIllumination = 1, IlluminationGradient = 0.9f,
        });
        for (int i = 0; i < smear.Count; i++)
            Assert.That(Render(smear, i), Is.All.InRange(0f, 1f), smear.NameOf(i));
    }

    [Test]
    public void Twice_the_size_shows_the_same_cells()
    {
        var coarse = new SyntheticSmear(new() { Size = 64 });
        var fine = new SyntheticSmear(new() { Size = 128 });
        for (int i = 0; i < 10; i++)
            Assert.That(MeanDifference(Render(coarse, i), Binned(Render(fine, i), 64)), Is.LessThan(0.005), coarse.NameOf(i));
    }

    [Test]
    public void The_bright_field_is_as_bright_as_the_options_say()
    {
        var smear = new SyntheticSmear(new() { MinIllumination = 0.5f, MaxIllumination = 0.5f, IlluminationGradient = 0 });
        for (int i = 0; i < 10; i++)
            Assert.That(Render(smear, i).Max(), Is.InRange(0.48f, 0.5f), smear.NameOf(i));
    }

    [Test]
    public void Classes_are_balanced_in_every_run_of_five()
    {
        var smear = new SyntheticSmear(new() { Count = 500 });
        for (int start = 0; start < smear.Count; start += 5)
        {
            int[] run = [.. Enumerable.Range(start, 5).Select(smear.ClassOf)];
            Assert.That(run, Is.EquivalentTo(new[] { 0, 1, 2, 3, 4 }));
        }
    }

    [Test]
    public void The_order_of_classes_cannot_be_guessed_from_the_index()
    {
        var smear = new SyntheticSmear(new() { Count = 5000 });
        for (int position = 0; position < 5; position++)
        {
            int lymphocytes = Enumerable.Range(0, 1000).Count(run => smear.ClassOf(5 * run + position) == 0);
            Assert.That(lymphocytes, Is.InRange(140, 260));
        }
    }

    // First values of the reference implementation (Vigna, splitmix64.c) for the state 1234567.
    [Test]
    public void Random_bits_are_those_of_the_published_SplitMix64()
    {
        const ulong GoldenGamma = 0x9E3779B97F4A7C15;

        Assert.That(SmearRandom.Mix(1234567 + GoldenGamma), Is.EqualTo(6457827717110365317));
        Assert.That(SmearRandom.Mix(unchecked(1234567 + 2 * GoldenGamma)), Is.EqualTo(3203168211198807973));
    }

    // A seed names a data set: results that quote it must stay reproducible.
    [Test]
    public void The_classes_of_a_seed_never_change()
    {
        var smear = new SyntheticSmear(new());

        Assert.That(string.Concat(Enumerable.Range(0, 10).Select(smear.ClassOf)), Is.EqualTo("1204304321"));
    }

    [Test]
    public void Classes_bear_the_names_of_the_leukocytes() =>
        Assert.That(
            new SyntheticSmear(new()).Classes,
            Is.EqualTo(new[] { "Lymphocyte", "Monocyte", "Neutrophil", "Eosinophil", "Basophil" }));

    [Test]
    public void Each_image_has_a_name_of_its_own()
    {
        var one = new SyntheticSmear(new() { Count = 2000 });
        var two = new SyntheticSmear(new() { Count = 2000, Seed = 2 });
        IEnumerable<string> names = Enumerable.Range(0, 2000).SelectMany(i => new[] { one.NameOf(i), two.NameOf(i) });

        Assert.That(one.NameOf(42), Is.EqualTo("smear-1-000042"));
        Assert.That(names, Is.Unique);
    }

    private static IEnumerable<TestCaseData> BadOptions()
    {
        yield return Bad(new() { Count = 0 }, "Count", "0", "1");
        yield return Bad(new() { Size = 31 }, "Size", "31", "32");
        yield return Bad(new() { Size = 5000 }, "Size", "5000", "4096");
        yield return Bad(new() { StainVariation = 0.6f }, "StainVariation", "0.6", "0.5");
        yield return Bad(new() { StainVariation = float.NaN }, "StainVariation", "NaN", "0.5");
        yield return Bad(new() { MinDefocusMicrometers = -1 }, "MinDefocusMicrometers", "-1", "3");
        yield return Bad(new() { MinDefocusMicrometers = 2, MaxDefocusMicrometers = 1 }, "MaxDefocusMicrometers", "1", "2");
        yield return Bad(new() { MinIllumination = 0 }, "MinIllumination", "0", "above 0 and at most 1");
        yield return Bad(new() { MaxIllumination = 1.5f }, "MaxIllumination", "1.5", "1");
        yield return Bad(new() { IlluminationGradient = 1 }, "IlluminationGradient", "1", "0.9");

        static TestCaseData Bad(SyntheticSmearOptions options, string name, string value, string bound) =>
            new TestCaseData(options, name, value, bound).SetArgDisplayNames($"{name} = {value}");
    }

    [TestCaseSource(nameof(BadOptions))]
    public void A_bad_option_is_refused_with_its_name_value_and_range(
        SyntheticSmearOptions options, string name, string value, string bound)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _ = new SyntheticSmear(options));

        Assert.That(error.ParamName, Is.EqualTo(name));
        Assert.That(error.Message, Does.Contain($"{name} is {value};").And.Contain(bound));
    }

    [TestCase(-1)]
    [TestCase(10)]
    public void An_image_outside_the_set_is_refused(int index)
    {
        var smear = new SyntheticSmear(new() { Count = 10 });

        Assert.Throws<ArgumentOutOfRangeException>(() => smear.ClassOf(index));
        Assert.Throws<ArgumentOutOfRangeException>(() => smear.NameOf(index));
        Assert.Throws<ArgumentOutOfRangeException>(() => Render(smear, index));
    }

    [TestCase(3 * 64 * 64 - 1)]
    [TestCase(3 * 64 * 64 + 1)]
    public void A_buffer_of_the_wrong_length_is_refused(int length) =>
        Assert.That(
            () => new SyntheticSmear(new()).Render(0, new float[length]),
            Throws.ArgumentException.With.Message.Contains($"{3 * 64 * 64}"));

    private static float[] Render(SyntheticSmear smear, int index)
    {
        var scene = new float[3 * smear.Size * smear.Size];
        smear.Render(index, scene);
        return scene;
    }

    private static double MeanDifference(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average();

    private static float[] Binned(float[] fine, int size)
    {
        var coarse = new float[3 * size * size];
        for (int i = 0; i < coarse.Length; i++)
        {
            // Rows of all three planes follow one another, so a plane needs no index of its own.
            int at = i / size * 4 * size + i % size * 2;
            coarse[i] = (fine[at] + fine[at + 1] + fine[at + 2 * size] + fine[at + 2 * size + 1]) / 4;
        }
        return coarse;
    }
}
