using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Plots;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Tracking;

/// <summary>Draws the pictures of <see cref="StageTracking"/>.</summary>
internal sealed class StageTracker
{
    // Wide enough for a caption such as Rgb.gamma_corrected.
    private const int CellSize = 168;

    private readonly StageTracking _options;
    private readonly TrainedModules _modules;
    private readonly TrainingTask _task;
    private readonly TrainingRows _rows;
    private readonly Device _device;
    private readonly (int Position, TrainingRow Row)[] _tracked;

    /// <exception cref="ArgumentException">There is no row at a position.</exception>
    public StageTracker(StageTracking options, TrainedModules modules, TrainingTask task, TrainingRows rows, Device device)
    {
        (_options, _modules, _task, _rows, _device) = (options, modules, task, rows, device);
        if (options.Rows.Max() is var last && last >= rows.Count)
            throw new ArgumentException($"{nameof(StageTracking)}.{nameof(StageTracking.Rows)} names row {last}; there are {rows.Count} rows to train on.");
        _tracked = [.. rows.Read(seed: null).Take(last + 1).Index().Where(row => options.Rows.Contains(row.Index))];
    }

    /// <summary>Draws all rows as the modules are now.</summary>
    /// <returns>The position of each row and its picture.</returns>
    public IEnumerable<(int Position, string Path)> Draw(int epoch)
    {
        var pictures = new List<(int, string)>();
        foreach (var (position, row) in _tracked)
        {
            using var scope = NewDisposeScope();
            var path = Path.Combine(_options.Folder, $"row{position}-epoch{epoch:D4}.png");
            var steps = StageTrace.Of(_modules, _task, row, _rows.ImageShape, _rows.TargetShape, _device);
            new ContactSheet
            {
                Title = $"row {position}, epoch {epoch}",
                CellSize = CellSize,
                Rows =
                [
                    new("image", [.. steps.Select(step => Picture(InRange(step.Image), step.Name))]),
                    new("gradient of the loss", [.. steps.Select(step => Picture(Centred(step.Gradient), FormattableString.Invariant($"≤ {step.Gradient.abs().max().ToDouble():G2}")))]),
                ],
            }.Save(path);
            pictures.Add((position, path));
        }
        return pictures;
    }

    /// <summary>An image in [0, 1] as it is, another stretched to that range.</summary>
    private static Tensor InRange(Tensor image)
    {
        double low = Math.Min(0, image.min().ToDouble()), high = Math.Max(1, image.max().ToDouble());
        return (image - low) / (high - low);
    }

    private static Tensor Centred(Tensor gradient) => 0.5 + gradient / (2 * gradient.abs().max().clamp(min: 1e-30));

    private static SheetImage Picture(Tensor image, string caption)
    {
        // Of images with other than three channels the first is shown.
        var planes = image.dim() == 2 ? image.unsqueeze(0) : image.shape[0] == 3 ? image : image.narrow(0, 0, 1);
        return new(planes.cpu().contiguous().to(ScalarType.Float32).data<float>().ToArray(), (int)planes.shape[1], (int)planes.shape[2], caption);
    }
}
