using Microsoft.ML;

namespace Lens2Logit.Tests.Contract;

public class LoadRawImagesContract : EstimatorContract
{
    private readonly TemporaryFolder _folder = new();

    protected override IReadOnlyDictionary<string, string[]> Outputs => new Dictionary<string, string[]> { ["Raw"] = ["Path"] };

    protected override IDataView CreateData() => Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 11).Select(i => new { Path = RawImages.WriteDng(_folder.Path, $"{i}.dng", i), Name = $"image {i}" }).ToArray());

    protected override IEstimator<ITransformer> CreateEstimator() => Ml.Transforms.LoadRawImages("Raw", _folder.Path, "Path");

    [OneTimeTearDown]
    public void RemoveFiles() => _folder.Dispose();
}
