using Lens2Logit.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace DriftOptimization;

/// <summary>Training and test scenes with the steps that lead to a column that a camera can photograph.</summary>
internal sealed record ExampleData(IDataView Train, IDataView Test, string SceneColumn, string KeyColumn, IEstimator<ITransformer>? ReadImages)
{
    public static ExampleData Load(MLContext ml, Settings settings, int seed) =>
        settings.Data is { } folder ? FromFolder(ml, folder, settings.Size) : BuiltIn(ml, settings, seed);

    private static ExampleData BuiltIn(MLContext ml, Settings settings, int seed)
    {
        IDataView Smear(int count, int dataSeed) =>
            ml.Data.Cache(ml.Data.LoadSyntheticSmear(new() { Count = count, Size = settings.Size, Seed = dataSeed }));
        return new(Smear(settings.TrainImages, 1000 + seed), Smear(settings.TestImages, 2000 + seed), "Scene", "Name", null);
    }

    private static ExampleData FromFolder(MLContext ml, string folder, int size)
    {
        var all = ml.Data.LoadImageFolder(folder);
        var (train, test) = Split(ml, all);
        var read = ml.Transforms.LoadImages("Image", folder, nameof(ImageFile.Path))
            .Append(ml.Transforms.ResizeImages("Image", size, size));
        return new(train, test, "Image", nameof(ImageFile.Path), read);
    }

    /// <summary>By the column "Split" where the folder's labels.csv has one, else a fifth at random for the test.</summary>
    private static (IDataView Train, IDataView Test) Split(MLContext ml, IDataView all)
    {
        var files = ml.Data.CreateEnumerable<ImageFile>(all, reuseRowObject: false).ToList();
        if (files.Any(f => f.Split == "train") && files.Any(f => f.Split == "test"))
            return (View(f => f.Split == "train"), View(f => f.Split == "test"));
        var split = ml.Data.TrainTestSplit(all, testFraction: 0.2, seed: 1);
        return (split.TrainSet, split.TestSet);

        IDataView View(Func<ImageFile, bool> keep) => ml.Data.LoadFromEnumerable(files.Where(keep).ToList());
    }
}
