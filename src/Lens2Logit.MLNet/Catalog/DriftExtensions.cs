using Lens2Logit.MLNet.Drift;
using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Interop;

namespace Microsoft.ML;

/// <summary>Data set drift: synthesise it, investigate it, optimise against it.</summary>
public static class Lens2LogitDriftExtensions
{
    /// <summary>The three applications of an explicit, differentiable data model to drift, and test cases for a team's own tests.</summary>
    /// <param name="context">The context; its seed does not matter here, every application has its own.</param>
    public static DriftCatalog Drift(this MLContext context) => new(context);

    /// <summary>Marks rows that were measured outside of a model's tolerance specification.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="specificationPath">File of the specification, as <see cref="ToleranceSpecification.Save"/> writes it.</param>
    /// <param name="model">The model that it must belong to.</param>
    /// <param name="options">Columns; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no tolerance specification, or was made for another model.</exception>
    /// <exception cref="ArgumentException">An option is not valid, or the model has no classifier.</exception>
    public static ToleranceCheckingEstimator CheckTolerance(this TransformsCatalog catalog, string specificationPath, ITransformer model, ToleranceCheckingEstimator.Options? options = null)
    {
        MLEnvironment.Check(catalog);
        var specification = ToleranceSpecification.Load(specificationPath);
        specification.RequireModel(model, $"'{specificationPath}'");
        return new(options ?? new(), specification);
    }
}
