using Lens2Logit.Examples;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Segmentation;

/// <summary>Rows with the columns Scene [3, H, W], Mask [H, W] and Name, to train on, to stop early by, and to test on.</summary>
internal sealed record ExampleData(IDataView Train, IDataView? Validation, IDataView Test)
{
    public static ExampleData Load(MLContext ml, Settings settings)
    {
        if (settings.Data is { } folder)
            return FromFolder(ml, folder, settings.Size);
        IDataView Smear(int count, int seed) => ml.Data.Cache(ml.Data.LoadSegmentedSmear(new() { Count = count, Size = settings.Size, Seed = seed }));
        return new(Smear(settings.TrainImages, 1), null, Smear(settings.TestImages, 2));
    }

    /// <exception cref="InvalidDataException">The folder has neither a labels.csv that can be used nor images and masks of the same names.</exception>
    private static ExampleData FromFolder(MLContext ml, string folder, int size)
    {
        var files = File.Exists(Path.Combine(folder, "labels.csv")) ? Listed(folder) : ByName(folder);
        var parts = files.ToLookup(f => DataSplit.Of(f.Image, f.Split));
        return new(View(DataSplit.Train), parts.Contains(DataSplit.Validation) ? View(DataSplit.Validation) : null, View(DataSplit.Test));

        IDataView View(string split)
        {
            var rows = parts[split].SelectMany(f => MaskedTile.Cut(f.Image, f.Mask, size)).ToList();
            if (rows.Count == 0)
                throw new InvalidDataException($"'{folder}' gives no tile of {size}×{size} pixels of split '{split}'.");
            var schema = SchemaDefinition.Create(typeof(MaskedTile));
            schema[nameof(MaskedTile.Scene)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, size, size);
            schema[nameof(MaskedTile.Mask)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, size, size);
            return ml.Data.LoadFromEnumerable(rows, schema);
        }
    }

    private static IEnumerable<(string Image, string Mask, string Split)> Listed(string folder)
    {
        var lines = File.ReadAllLines(Path.Combine(folder, "labels.csv"));
        var header = lines.Length > 0 ? lines[0].Split(',') : [];
        int path = Array.IndexOf(header, "path"), mask = Array.IndexOf(header, "mask"), split = Array.IndexOf(header, "split");
        if (path < 0 || mask < 0 || split < 0)
            throw new InvalidDataException($"labels.csv in '{folder}' has the columns {string.Join(", ", header)}; expected at least path, mask and split.");
        foreach (var line in lines.Skip(1).Where(line => line.Length > 0))
        {
            var cells = line.Split(',');
            if (cells.Length != header.Length)
                throw new InvalidDataException($"The line '{line}' of labels.csv in '{folder}' has {cells.Length} cells; the header has {header.Length}.");
            yield return (Path.Combine(folder, cells[path]), Path.Combine(folder, cells[mask]), cells[split]);
        }
    }

    /// <summary>Every fifth image, in the order of the names, is for the test.</summary>
    private static IEnumerable<(string Image, string Mask, string Split)> ByName(string folder)
    {
        if (!Directory.Exists(Path.Combine(folder, "images")) || !Directory.Exists(Path.Combine(folder, "masks")))
            throw new InvalidDataException($"'{folder}' has neither a labels.csv nor the subfolders images and masks.");
        return Directory.EnumerateFiles(Path.Combine(folder, "images")).Order(StringComparer.Ordinal)
            .Select((image, index) => (image, Path.Combine(folder, "masks", Path.GetFileName(image)), index % 5 == 4 ? "test" : "train"));
    }
}
