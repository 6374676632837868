using Lens2Logit.MLNet.Data;
using Lens2Logit.MLNet.Drift;
using Microsoft.ML;

namespace Lens2Logit.Examples;

/// <summary>Training and test scenes with the steps that lead to a column that a camera can photograph.</summary>
internal sealed record ExampleData(IDataView Train, IDataView Test, string SceneColumn, string KeyColumn, IEstimator<ITransformer>? ReadImages)
{
    /// <summary>Scenes to stop early by, where the folder names some.</summary>
    public IDataView? Validation { get; init; }

    /// <summary>The images of a folder, or the built-in smear where it is null.</summary>
    public static ExampleData Load(MLContext ml, string? folder, int size, int trainImages, int testImages, int seed) =>
        folder is null ? BuiltIn(ml, size, trainImages, testImages, seed) : FromFolder(ml, folder, size);

    /// <summary>One of the two views as the drift applications take it.</summary>
    public DriftData ToDriftData(IDataView view) => new(ReadImages is { } read ? read.Fit(view).Transform(view) : view) { ImageColumnName = SceneColumn, RowKeyColumnName = KeyColumn };

    /// <summary>Training and test images together, for applications that split on their own.</summary>
    public static DriftData All(MLContext ml, string? folder, int size, int images)
    {
        if (folder is null)
            return new(ml.Data.LoadSyntheticSmear(new() { Count = images, Size = size, Seed = 1001 }));
        var files = ml.Data.LoadImageFolder(folder);
        return new(Read(ml, folder, size).Fit(files).Transform(files)) { ImageColumnName = "Image", RowKeyColumnName = nameof(ImageFile.Path) };
    }

    private static ExampleData BuiltIn(MLContext ml, int size, int trainImages, int testImages, int seed)
    {
        IDataView Smear(int count, int dataSeed) =>
            ml.Data.Cache(ml.Data.LoadSyntheticSmear(new() { Count = count, Size = size, Seed = dataSeed }));
        return new(Smear(trainImages, 1000 + seed), Smear(testImages, 2000 + seed), "Scene", "Name", null);
    }

    private static ExampleData FromFolder(MLContext ml, string folder, int size)
    {
        var (train, validation, test) = Split(ml, ml.Data.LoadImageFolder(folder));
        return new(train, test, "Image", nameof(ImageFile.Path), Read(ml, folder, size)) { Validation = validation };
    }

    private static IEstimator<ITransformer> Read(MLContext ml, string folder, int size) =>
        ml.Transforms.LoadImages("Image", folder, nameof(ImageFile.Path)).Append(ml.Transforms.ResizeImages("Image", size, size));

    /// <summary>By the column "Split" where the folder's labels.csv has one, else a fifth of every class for the test.</summary>
    /// <exception cref="InvalidDataException">A split has another name, or there is none to train or to test on.</exception>
    private static (IDataView Train, IDataView? Validation, IDataView Test) Split(MLContext ml, IDataView all)
    {
        var files = ml.Data.CreateEnumerable<ImageFile>(all, reuseRowObject: false).ToList();
        if (files.All(file => file.Split.Length == 0))
        {
            var random = ml.Data.StratifiedShuffleSplit(all, numberOfSplits: 1)[0];
            return (random.TrainSet, null, random.TestSet);
        }
        var parts = files.ToLookup(file => DataSplit.Of(file.Path, file.Split));
        return (View(DataSplit.Train), parts.Contains(DataSplit.Validation) ? View(DataSplit.Validation) : null, View(DataSplit.Test));

        IDataView View(string part) => parts.Contains(part)
            ? ml.Data.LoadFromEnumerable(parts[part].ToList())
            : throw new InvalidDataException($"labels.csv gives no image the split '{part}'; give some, or leave the column out.");
    }
}
