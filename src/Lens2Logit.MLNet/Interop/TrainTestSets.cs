using Microsoft.ML;

namespace Lens2Logit.MLNet.Interop;

/// <summary>ML.NET's pair of a training and a test set, whose constructor it keeps to itself.</summary>
internal static class TrainTestSets
{
    public static DataOperationsCatalog.TrainTestData Of(IDataView train, IDataView test) => new(train, test);
}
