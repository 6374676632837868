using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Sensors;
using Microsoft.ML;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>
/// The raw images that a model sees, and the scenes and the camera behind them where the model's own chain simulates a measurement: then
/// they can be measured again in other light.
/// </summary>
internal sealed class MeasuredData
{
    private readonly ImageSet? _scenes;
    private readonly int _frameSeed;
    private (Acquisition Acquisition, ImageSet Raw)? _latest;

    private MeasuredData(ImageSet raw, ImageSet? scenes, Acquisition? acquisition, int frameSeed)
    {
        (Raw, _scenes, Acquisition, _frameSeed) = (raw, scenes, acquisition, frameSeed);
    }

    /// <summary>Raw images as the model's chain measures them.</summary>
    public ImageSet Raw { get; }

    /// <summary>How the chain measures; null where the data are raw already.</summary>
    public Acquisition? Acquisition { get; }

    /// <summary>Reads what the first stage reads.</summary>
    /// <exception cref="ArgumentException">A column is missing or has another type.</exception>
    public static MeasuredData Read(ITransformer model, IDataView data, string sourceColumn, string labelColumn)
    {
        var steps = Leaves(model).ToList();
        int classifier = steps.FindLastIndex(step => step is Training.RawImageClassificationTransformer);
        if (data.Schema.GetColumnOrNull(sourceColumn) is not null)
            return new(Read(data, sourceColumn, labelColumn, null), null, null, 0);
        int measurement = steps.FindLastIndex(step => step is MeasurementSimulatingTransformer m && m.Options.OutputColumnName == sourceColumn && OneExposure(m.Options));
        var view = data;
        foreach (var step in steps.Take(measurement >= 0 ? measurement : classifier))
            view = step.Transform(view);
        if (measurement < 0)
            return new(Read(view, sourceColumn, labelColumn, null), null, null, 0);

        var options = ((MeasurementSimulatingTransformer)steps[measurement]).Options;
        var scenes = Read(view, options.InputColumnName ?? options.OutputColumnName, labelColumn, options.RowKeyColumnName);
        var acquisition = new Acquisition { Sensor = options.Sensor, Exposure = options.Exposure };
        return new(Photographer.Photograph(scenes, acquisition, options.FrameSeed), scenes, acquisition, options.FrameSeed);
    }

    /// <summary>The raw images under another acquisition; the last one is kept.</summary>
    public ImageSet Measure(Acquisition acquisition)
    {
        if (acquisition == Acquisition)
            return Raw;
        if (_latest is not { } latest || latest.Acquisition != acquisition)
            _latest = latest = (acquisition, Photographer.Photograph(_scenes ?? throw new InvalidOperationException("There are no scenes."), acquisition, _frameSeed));
        return latest.Raw;
    }

    public MeasuredData Subset(IReadOnlyList<int> rows) => new(Raw.Subset(rows), _scenes?.Subset(rows), Acquisition, _frameSeed);

    public MeasuredData AtMost(int count) => Subset(Raw.Some(count));

    private static ImageSet Read(IDataView view, string image, string label, string? key) =>
        ImageSet.Read(new(view) { ImageColumnName = image, LabelColumnName = label, RowKeyColumnName = key });

    /// <summary>Where each row has an exposure of its own there is no light to vary.</summary>
    private static bool OneExposure(MeasurementSimulatingEstimator.Options options) =>
        (options.IlluminationColumnName ?? options.PhotonsPerPixelColumnName ?? options.ExposureTimeColumnName ?? options.TemperatureColumnName) is null;

    private static IEnumerable<ITransformer> Leaves(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Leaves) : [model];
}
