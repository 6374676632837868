using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Stages;

namespace Microsoft.ML;

/// <summary>Reading back what a fitted model has learnt.</summary>
public static class Lens2LogitTransformerExtensions
{
    /// <summary>
    /// The stage that makes a column: the trained one where a trainer tuned it. The stage belongs to the model: read it, do not dispose or change it.
    /// </summary>
    /// <typeparam name="TStage">Type of the stage, such as <see cref="Lens2Logit.Isp.ParametrizedIsp"/>.</typeparam>
    /// <param name="model">A transformer or a chain of them, fitted or loaded.</param>
    /// <param name="columnName">Name of the stage's output column.</param>
    /// <exception cref="ArgumentException">No such stage makes that column; the message lists those that there are.</exception>
    /// <example><code>Console.WriteLine(model.GetStage&lt;ParametrizedIsp&gt;("Rgb"));</code></example>
    public static TStage GetStage<TStage>(this ITransformer model, string columnName)
        where TStage : DifferentiableStage
    {
        ArgumentNullException.ThrowIfNull(model);
        var stages = StagesOf(model).ToList();
        return stages.LastOrDefault(s => s.Column == columnName).Stage as TStage ?? throw new ArgumentException(
            $"No {typeof(TStage).Name} makes column '{columnName}'. The model has: "
            + (stages.Count == 0 ? "no differentiable stage." : string.Join(", ", stages.Select(s => $"{s.Stage.GetType().Name} → '{s.Column}'")) + "."), nameof(columnName));
    }

    /// <summary>All transformers of a type within a chain, in order.</summary>
    internal static IEnumerable<T> FindAll<T>(this ITransformer model)
        where T : ITransformer => model switch
        {
            T found => [found],
            IEnumerable<ITransformer> chain => chain.SelectMany(FindAll<T>),
            _ => [],
        };

    private static IEnumerable<(string Column, DifferentiableStage Stage)> StagesOf(ITransformer model) => model switch
    {
        StageTransformer stage => [(stage.OutputColumn, stage.Stage)],
        RawImageClassificationTransformer classifier => classifier.StageLinks.Select(link => (link.OutputColumn, link.Stage)),
        RawImageSegmentationTransformer segmentation => segmentation.StageLinks.Select(link => (link.OutputColumn, link.Stage)),
        IEnumerable<ITransformer> chain => chain.SelectMany(StagesOf),
        _ => [],
    };
}
