using Lens2Logit.Isp;
using Lens2Logit.MLNet.Drift.Forensics;

namespace Lens2Logit.Tests.Drift;

public class ParameterAxesTests
{
    [Test]
    public void Axes_of_the_same_parameter_are_moved_together()
    {
        using var model = TaskModel.Of(TrainedModel.Model);
        var stages = model.CopyStages();
        foreach (var (axis, value) in ParameterAxes.Of(model, null).Where(axis => axis.Name.StartsWith("white balance", StringComparison.Ordinal)).Zip([2.0, 3, 0.5]))
            axis.SetStages!(stages, value);
        var before = CameraParameters.RawDrone.WhiteBalance;
        Assert.That(StageParameter.Of(model).Single(p => p.Name == "white_balance").Values(stages), Is.EqualTo(new[] { 2 * before[0], 3 * before[1], 0.5 * before[2] }).Within(1e-5));
        Array.ForEach(stages, stage => stage.Dispose());
    }

    [Test]
    public void An_axis_at_its_own_value_changes_nothing()
    {
        using var model = TaskModel.Of(TrainedModel.Model);
        foreach (var axis in ParameterAxes.Of(model, null))
        {
            var stages = model.CopyStages();
            axis.SetStages!(stages, axis.Nominal);
            foreach (var parameter in StageParameter.Of(model))
                Assert.That(parameter.Values(stages), Is.EqualTo(parameter.Values(model.Original)).Within(1e-6), $"{parameter.FullName} by {axis.Name}");
            Array.ForEach(stages, stage => stage.Dispose());
        }
    }
}
