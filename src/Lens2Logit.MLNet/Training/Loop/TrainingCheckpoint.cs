using System.IO.Compression;
using System.Text.Json;
using Lens2Logit.IO;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>
/// A training between two epochs, in a file: where it stands, the state of the modules and of the optimiser, and that of the best epoch. A
/// training that goes on from it takes the same steps, bit for bit, as one that was never interrupted, on as many threads.
/// </summary>
/// <remarks>The file is a zip archive: <c>training.json</c>, <c>modules.safetensors</c>, <c>optimizer.safetensors</c> and, with early stopping, <c>best.safetensors</c>.</remarks>
internal sealed class TrainingCheckpoint
{
    private const int Format = 1;
    private const string Description = "training.json", Modules = "modules.safetensors", Optimizer = "optimizer.safetensors", Best = "best.safetensors";

    private readonly string _path;
    private readonly IReadOnlyDictionary<string, string> _configuration;

    /// <exception cref="IOException">No file can be written there.</exception>
    public TrainingCheckpoint(string path, IReadOnlyDictionary<string, string> configuration)
    {
        (_path, _configuration) = (path, configuration);
        AtomicFile.RequireWritable(path);
    }

    /// <summary>Saves what an epoch came to.</summary>
    /// <exception cref="IOException">The file cannot be written; the one of the epoch before is as it was.</exception>
    public void Save(int epoch, int step, TrainedModules modules, TrainingOptimizer optimizer, BestEpoch? best) => AtomicFile.Write(_path, stream =>
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        var position = new Position(Format, _configuration, epoch, step, optimizer.Updates, best?.Epoch ?? 0, best is { Epoch: > 0 } ? best.Loss : null);
        Write(Description, entry => JsonSerializer.Serialize(entry, position));
        Write(Modules, entry => SafeTensors.Write(entry, modules.State()));
        Write(Optimizer, entry => SafeTensors.Write(entry, optimizer.State()));
        if (best is not null)
            Write(Best, entry => SafeTensors.Write(entry, best.State.State()));

        void Write(string name, Action<Stream> write)
        {
            // Weights do not compress.
            using var entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
            write(entry);
        }
    });

    /// <summary>Gives modules, optimiser and best epoch the state in the file.</summary>
    /// <returns>Finished epochs and steps: none where there is no file.</returns>
    /// <exception cref="InvalidDataException">The file cannot be read, or is of a training with another configuration; the message says what differs.</exception>
    public (int Epoch, int Step) Resume(TrainedModules modules, TrainingOptimizer optimizer, BestEpoch? best)
    {
        if (!File.Exists(_path))
            return (0, 0);
        try
        {
            using var archive = ZipFile.OpenRead(_path);
            using var text = Open(archive, Description);
            var position = JsonSerializer.Deserialize<Position>(text)!;
            if (position.Format != Format)
                throw new InvalidDataException($"it has format {position.Format}; this version reads format {Format}");
            if (TrainingConfiguration.Difference(position.Configuration, _configuration) is { Length: > 0 } difference)
                throw new InvalidDataException($"it is of another training: {difference}");
            Read(archive, Modules, modules.State());
            Read(archive, Optimizer, optimizer.State());
            optimizer.Updates = position.Updates;
            if (best is not null)
            {
                Read(archive, Best, best.State.State());
                best.Resume(position.Epoch, position.BestEpoch, position.BestLoss ?? double.PositiveInfinity);
            }
            return (position.Epoch, position.Step);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"The checkpoint '{_path}' cannot be resumed: {e.Message.TrimEnd('.')}. Delete it, or name another file, to start anew.", e);
        }
    }

    private static void Read(ZipArchive archive, string name, IEnumerable<(string Name, Tensor Value)> targets)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var stream = Open(archive, name);
        var saved = SafeTensors.Read(stream);
        var all = targets.ToList();
        if (!all.Select(t => t.Name).ToHashSet().SetEquals(saved.Keys))
            throw new InvalidDataException($"{name} holds other entries than this training has");
        foreach (var (entry, target) in all)
            target.copy_(saved[entry]);
    }

    private static Stream Open(ZipArchive archive, string name) => archive.GetEntry(name)?.Open() ?? throw new InvalidDataException($"it lacks {name}");

    private sealed record Position(int Format, IReadOnlyDictionary<string, string> Configuration, int Epoch, int Step, long Updates, int BestEpoch, double? BestLoss);
}
