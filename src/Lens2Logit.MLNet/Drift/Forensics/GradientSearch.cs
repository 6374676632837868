using Lens2Logit.Losses;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>
/// Gradient ascent on the task loss over stage parameters, with the network frozen and the views kept alike:
/// minimises −CE(network(stages(raw)), label) + λ·penalty(views, original views). Source: the paper, section 5.2, with the sign of the
/// similarity put right.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="images">Images to search on.</param>
/// <param name="looked">Some of them, on which the best parameters are chosen: looking is as dear as stepping.</param>
/// <param name="options">Options.</param>
internal sealed class GradientSearch(TaskModel model, TaskImages images, TaskImages looked, ForensicsOptions options)
{
    /// <summary>
    /// Searches, and returns the stages as they were at the best look: the lowest score on the search images among the looks whose views were
    /// nearly the same, or else the look with the most similar views. The caller owns the stages.
    /// </summary>
    public (DifferentiableStage[] Stages, int Steps) Run(IReadOnlyList<StageParameter> searched, double weight, Action<double> report)
    {
        var stages = model.CopyStages();
        foreach (var stage in stages)
            foreach (var parameter in stage.parameters())
                parameter.requires_grad_(false);
        foreach (var parameter in searched)
            parameter.In(stages).requires_grad_(true);
        using var optimizer = new AdamW([.. searched.Select(p => new TrainedParameter(p.FullName, p.In(stages), RateOf(p), Decays: false))]);

        int batches = (images.Count + options.BatchSize - 1) / options.BatchSize, steps = batches * options.Epochs, step = 0;
        var order = Enumerable.Range(0, images.Count).ToArray();
        Look? best = null;
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            new Random(unchecked(options.Seed * 1_000_003 + epoch)).Shuffle(order);
            for (int start = 0; start < order.Length; start += options.BatchSize)
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                bool finite = Step(stages, optimizer, order[start..Math.Min(start + options.BatchSize, order.Length)], weight);
                step++;
                if (step % options.StepsBetweenLooks == 0 || step == steps)
                {
                    var look = TakeLook(stages, searched, step);
                    if (look is not null && (best is null || IsBetter(look, best)))
                        best = look;
                    report((double)step / steps);
                }
                if (!finite)
                    return Finish();
            }
        }
        return Finish();

        (DifferentiableStage[], int) Finish()
        {
            // Without a single finite look the model's own parameters are what is left.
            foreach (var parameter in searched)
                parameter.Set(stages, best?.Values[parameter] ?? parameter.Values(model.Original));
            return (stages, best?.Step ?? 0);
        }
    }

    private bool Step(DifferentiableStage[] stages, AdamW optimizer, int[] rows, double weight)
    {
        using var scope = NewDisposeScope();
        var labels = tensor(Array.ConvertAll(rows, row => images.Classes[row]), device: model.Device);
        var original = images.Views.index_select(0, tensor(Array.ConvertAll(rows, row => (long)row), device: model.Device));
        var batch = images.Set.Subset(rows);
        var (views, logits) = model.Forward(stages, model.Batch(batch, 0, rows.Length), batch.Keys);
        var penalty = options.Penalty == ViewPenalty.StructuralSimilarity ? StructuralSimilarity.Loss(views, original) : SquaredDistance.Sum(views, original);
        var loss = weight * penalty - nn.functional.cross_entropy(logits, labels);
        if (!double.IsFinite(loss.ToDouble()))
            return false;
        optimizer.ClearGradients();
        loss.backward();
        optimizer.Step(rateFactor: 1);
        return true;
    }

    private Look? TakeLook(DifferentiableStage[] stages, IReadOnlyList<StageParameter> searched, int step)
    {
        var (score, similarity) = model.Evaluate(stages, looked);
        return double.IsFinite(similarity) ? new(step, score, similarity, searched.ToDictionary(p => p, p => p.Values(stages))) : null;
    }

    private bool IsBetter(Look candidate, Look best)
    {
        bool alike = candidate.Similarity >= options.MinimumSimilarity, bestAlike = best.Similarity >= options.MinimumSimilarity;
        return alike != bestAlike ? alike : alike ? candidate.Score < best.Score : candidate.Similarity > best.Similarity;
    }

    private double RateOf(StageParameter parameter) =>
        options.ParameterLearningRates.TryGetValue(parameter.FullName, out double rate) || options.ParameterLearningRates.TryGetValue(parameter.Name, out rate)
            ? rate : options.LearningRate;

    private sealed record Look(int Step, double Score, double Similarity, Dictionary<StageParameter, double[]> Values);
}
