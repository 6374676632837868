using System.Globalization;
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Drift.TestCases;

/// <summary>
/// A named, seeded, reproducible condition under which a team tests its own model: an ISP configuration, a light, a camera, a lens or a corruption.
/// The same case gives the same views and the same score on every machine, up to the rounding of the network.
/// </summary>
/// <param name="Condition">How views come about.</param>
/// <param name="Seed">Seed of the noise.</param>
/// <example>
/// <code>
/// private static IEnumerable&lt;DriftTestCase&gt; Cases => new MLContext().Drift().TestCases();
///
/// [TestCaseSource(nameof(Cases))]
/// public void Accuracy_is_kept(DriftTestCase drift) => drift.Require(Model, TestData, atLeast: 0.8);
/// </code>
/// </example>
public sealed record DriftTestCase(DriftCondition Condition, int Seed)
{
    private const string LabelColumn = "Label";

    /// <summary>Name of the case, by which test runners show it.</summary>
    public string Name => Condition.Name;

    /// <summary>
    /// Share of the data that the model classifies rightly under this case. The case makes the views; the classifier in the model sees them
    /// in its feature column, behind whatever stages it has.
    /// </summary>
    /// <param name="model">A fitted model with a classifier by <c>RawImageClassification</c>, or another whose last transformer scores views.</param>
    /// <param name="data">Labelled scenes or raw images.</param>
    /// <param name="featureColumnName">The column in which a model of another trainer expects the views. Not needed for <c>RawImageClassification</c>.</param>
    /// <exception cref="ArgumentException">A column is missing, the condition does not fit the data, or the model is of another trainer and no feature column is named.</exception>
    /// <exception cref="InvalidDataException">The data has no labelled row, or labels that are no classes of the model.</exception>
    public double Score(ITransformer model, DriftData data, string? featureColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        data.RequireClasses("a test case");
        var images = ImageSet.Read(data);
        var classifier = model.FindAll<RawImageClassificationTransformer>().LastOrDefault();
        if (classifier?.StageLinks.Any(link => link.Stage is ParametrizedIsp { Options.BatchNorm: true }) == true)
            throw new ArgumentException("The model's ISP ends in a batch normalisation: its network does not see views in [0, 1], which is what cases make.", nameof(model));
        var (scorer, feature, ownsScorer) = classifier is not null ? (classifier.OfViews(), classifier.FeatureColumn, true)
            : (model, featureColumnName ?? throw new ArgumentException("Name the column in which the model expects the views.", nameof(featureColumnName)), false);
        try
        {
            var ml = new MLContext();
            var scored = scorer.Transform(ViewRenderer.Render(images, Condition, Seed).ToView(ml, feature, LabelColumn));
            var predicted = scored.Schema.Require("PredictedLabel", "prediction");
            return (double)Predictions(scored, predicted).Zip(images.Labels).Count(pair => pair.First == pair.Second) / images.Count;
        }
        finally
        {
            if (ownsScorer)
                (scorer as IDisposable)?.Dispose();
        }
    }

    /// <summary>Requires that the model keeps a score under this case.</summary>
    /// <param name="model">The model, see <see cref="Score"/>.</param>
    /// <param name="data">Labelled scenes or raw images.</param>
    /// <param name="atLeast">The bound.</param>
    /// <param name="featureColumnName">See <see cref="Score"/>.</param>
    /// <returns>The score.</returns>
    /// <exception cref="DriftBoundException">The score is below the bound; the message names case, score and bound, and how to reproduce it.</exception>
    public double Require(ITransformer model, DriftData data, double atLeast, string? featureColumnName = null)
    {
        double score = Score(model, data, featureColumnName);
        return score >= atLeast ? score : throw new DriftBoundException(this, score, atLeast);
    }

    /// <summary>The case as C# that makes it again.</summary>
    public string ToReproduce() => string.Create(CultureInfo.InvariantCulture,
        $"new DriftTestCase(DriftCondition.FromJson(\"\"\"\n{Condition.ToJson()}\n\"\"\"), Seed: {Seed}).Score(model, data)");

    /// <summary>The name, so that test runners show it.</summary>
    public override string ToString() => Name;

    private static IEnumerable<string> Predictions(IDataView scored, DataViewSchema.Column predicted)
    {
        if (predicted.Type is not KeyDataViewType)
            return scored.GetColumn<string>(predicted);
        var names = ClassLabels.Of(predicted).Values;
        return scored.GetColumn<uint>(predicted).Select(key => key == 0 ? "" : names[(int)key - 1]);
    }
}
