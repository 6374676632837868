using Lens2Logit.Isp;
using Lens2Logit.Stages;
using Lens2Logit.Tests.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Isp;

public class NeuralIspTests
{
    // The mosaic's statistics of Raw-Microscopy, which the case names but does not repeat; see c_RawToRGB_reduce1_ch3_norm1.
    private static NeuralIspOptions Microscopy => new() { Mean = [0.5663, 0.1401, 0.0731], StandardDeviation = [0.097, 0.0423, 0.008] };

    [Test]
    public void Output_equals_the_reference([Values] bool training)
    {
        using var isp = new NeuralIsp(Microscopy);
        GoldenWeights.Fill(isp, "h_NNProcessing");
        isp.train(training);
        GoldenWeights.AssertOutput(isp, "h_NNProcessing", training ? 1 : 0);
    }

    [Test]
    public void State_has_the_names_and_shapes_of_the_reference()
    {
        using var isp = new NeuralIsp();
        Assert.That(GoldenWeights.Describe(isp), Is.EquivalentTo(GoldenWeights.Describe("h_NNProcessing")));
    }

    [Test]
    public void The_registry_builds_it_again_with_the_same_weights()
    {
        using var isp = new NeuralIsp(Microscopy with { Seed = 5 });
        using var again = StageRegistry.Create(isp.Kind, isp.OptionsToJson());
        using var scope = NewDisposeScope();
        Assert.That(again.OptionsToJson(), Is.EqualTo(isp.OptionsToJson()));
        Assert.That(again.state_dict().All(e => e.Value.equal(isp.state_dict()[e.Key]).all().ToBoolean()));
    }

    [Test]
    public void Gradients_reach_the_raw_image_and_no_tensor_is_left_behind()
    {
        using var isp = new NeuralIsp();
        Step();
        long before = LiveTensors.Count();
        Step();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));

        void Step()
        {
            using var scope = NewDisposeScope();
            var raw = rand(2, 32, 48).requires_grad_();
            var view = isp.forward(raw);
            Assert.That(view.shape[1..], Is.EqualTo(isp.OutputShape([32, 48]).Select(d => (long)d)));
            view.square().mul(rand_like(view)).sum().backward();
            Assert.That(raw.grad!.abs().max().ToSingle(), Is.GreaterThan(0));
            isp.zero_grad();
        }
    }

    [Test]
    public void Sizes_and_options_out_of_range_are_clear_errors()
    {
        using var scope = NewDisposeScope();
        using var isp = new NeuralIsp();
        Assert.That(() => isp.forward(zeros(1, 24, 32)), Throws.ArgumentException.With.Message.Contains("multiples of 16").And.Message.Contains("24×32"));
        Assert.That(() => isp.OutputShape([24, 32]), Throws.ArgumentException.With.Message.Contains("24×32"));
        Assert.That(() => new NeuralIsp(new() { Depth = 2 }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Depth"));
        Assert.That(() => new NeuralIsp(new() { Mean = [1] }), Throws.ArgumentException.With.Message.Contains("Mean must have 3 finite values"));
    }
}
