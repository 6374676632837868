using Microsoft.ML;

namespace Lens2Logit.MLNet.Data;

/// <summary>Data in two parts. Both are views of the same data: rows keep their order and their ids.</summary>
/// <param name="Train">The rows to train on.</param>
/// <param name="Test">The rows to test on.</param>
public sealed record DataSplit(IDataView Train, IDataView Test);
