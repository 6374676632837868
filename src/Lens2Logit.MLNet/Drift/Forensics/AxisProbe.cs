using Lens2Logit.Stages;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>The score of a model at settings of its axes; what is not set stays as the model has it.</summary>
internal sealed class AxisProbe(TaskModel model, MeasuredData data) : IDisposable
{
    private readonly long[] _classes = model.ClassesOf(data.Raw);
    private readonly DifferentiableStage[] _stages = model.CopyStages();

    public IReadOnlyList<ParameterAxis> Axes { get; } = ParameterAxes.Of(model, data.Acquisition);

    public int Images => data.Raw.Count;

    public void Dispose()
    {
        foreach (var stage in _stages)
            stage.Dispose();
    }

    public double Score(params IEnumerable<(ParameterAxis Axis, double Value)> settings)
    {
        var acquisition = data.Acquisition;
        Reset();
        foreach (var (axis, value) in settings)
        {
            axis.SetStages?.Invoke(_stages, value);
            if (acquisition is not null && axis.SetAcquisition is { } set)
                acquisition = set(acquisition, value);
        }
        return model.Accuracy(_stages, acquisition is null ? data.Raw : data.Measure(acquisition), _classes);
    }

    public SensitivityCurve Curve(ParameterAxis axis, int points)
    {
        // The model's own value is always among them.
        double[] values = [.. Enumerable.Range(0, points).Select(i => axis.Between(axis.Minimum, axis.Maximum, i / (points - 1.0))).Append(axis.Nominal).Distinct().Order()];
        return new(axis, values, [.. values.Select(value => Score((axis, value)))]);
    }

    private void Reset()
    {
        foreach (var parameter in StageParameter.Of(model))
            parameter.Set(_stages, parameter.Values(model.Original));
    }
}
