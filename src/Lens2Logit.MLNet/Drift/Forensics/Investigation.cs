using System.Diagnostics;
using System.Globalization;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.Stages;
using Microsoft.ML;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>Runs the searches, the controls, the curves and the tolerance of one model.</summary>
internal sealed class Investigation : IDisposable
{
    private const string AllParameters = "all";

    // A part of the search images says well enough which parameters were best.
    private const int LookImages = 150;

    private readonly ForensicsOptions _options;
    private readonly TaskModel _model;
    private readonly MeasuredData _evaluation;
    private readonly TaskImages _searched, _looked, _reported;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private double _done, _total;

    public Investigation(ITransformer model, IDataView data, ForensicsOptions options)
    {
        _options = options;
        _model = TaskModel.Of(model);
        var all = MeasuredData.Read(model, data, _model.SourceColumn, options.LabelColumnName);
        var search = all;
        if (options.EvaluationData is { } view)
            _evaluation = MeasuredData.Read(model, view, _model.SourceColumn, options.LabelColumnName);
        else
            (search, _evaluation) = Halves(all, options.Seed);
        if (_evaluation.Raw.Count == 0 || search.Raw.Count == 0)
            throw new InvalidDataException("There are too few labelled images: an investigation searches on some and reports on others.");
        _evaluation = _evaluation.AtMost(options.EvaluationImages);
        _searched = _model.Prepare(search.AtMost(options.SearchImages).Raw);
        _looked = _model.Prepare(_searched.Set.Subset(_searched.Set.Some(LookImages)));
        _reported = _model.Prepare(_evaluation.Raw);
    }

    public void Dispose()
    {
        _searched.Dispose();
        _looked.Dispose();
        _reported.Dispose();
        _model.Dispose();
    }

    public ForensicsResult Run()
    {
        var sets = ParameterSets();
        using var probe = new AxisProbe(_model, _evaluation);
        int axes = _options.SensitivityPoints > 0 ? probe.Axes.Count : 0, intervals = _options.Tolerance is { } t ? AxesOf(probe, t).Count + 1 : 0;
        _total = sets.Count * _options.EffectiveWeights.Count + axes + intervals;

        double score = _model.Accuracy(_model.Original, _reported.Set, _reported.Classes);
        var found = new List<(Finding Finding, DifferentiableStage[] Stages)>();
        try
        {
            foreach (var (name, parameters) in sets)
                foreach (double weight in _options.EffectiveWeights)
                    found.Add(Search(name, parameters, weight));
            var curves = new List<SensitivityCurve>();
            if (_options.SensitivityPoints > 0)
                foreach (var axis in probe.Axes)
                    curves.Add(Part($"sensitivity to {axis.Name}", () => probe.Curve(axis, _options.SensitivityPoints)));
            var tolerance = _options.Tolerance is { } options ? Specify(probe, options, score) : null;
            var run = RunRecord.Of(Configuration(), _watch);
            return new()
            {
                Run = run,
                Score = score,
                Images = _evaluation.Raw.Count,
                MinimumSimilarity = _options.MinimumSimilarity,
                Findings = [.. found.Select(f => f.Finding)],
                Sensitivity = curves,
                Tolerance = tolerance is null ? null : tolerance with { Run = run },
                Examples = Examples(found),
            };
        }
        finally
        {
            foreach (var stage in found.SelectMany(f => f.Stages))
                stage.Dispose();
        }
    }

    private (Finding, DifferentiableStage[]) Search(string name, IReadOnlyList<StageParameter> parameters, double weight)
    {
        string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
        var search = new GradientSearch(_model, _searched, _looked, _options);
        var (stages, steps) = search.Run(parameters, weight, share => Report(share, $"search {name}, λ = {weight:G3}"));
        var (score, similarity) = _model.Evaluate(stages, _reported);
        var changes = parameters.Select(p => new ParameterChange(p.FullName, p.Unit, p.Values(_model.Original), p.Values(stages))).ToList();
        var finding = new Finding(name, weight, score, similarity, steps, changes, Control(parameters, changes));
        _done++;
        Report(0, $"{name}, λ = {weight:G3}: score {Text(score)} at similarity {Text(similarity)}, random {Text(finding.Control.MeanScore)}");
        return (finding, stages);
    }

    /// <summary>Normal directions, scaled to the norm that was found for each parameter.</summary>
    private RandomControl Control(IReadOnlyList<StageParameter> parameters, List<ParameterChange> changes)
    {
        var (scores, similarities) = (new List<double>(), new List<double>());
        for (int draw = 0; draw < _options.RandomControls; draw++)
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            var stages = RandomStages(parameters, changes, draw);
            var (score, similarity) = _model.Evaluate(stages, _reported);
            scores.Add(score);
            similarities.Add(similarity);
            Array.ForEach(stages, stage => stage.Dispose());
        }
        return new(scores, similarities);
    }

    private DifferentiableStage[] RandomStages(IReadOnlyList<StageParameter> parameters, IReadOnlyList<ParameterChange> changes, int draw)
    {
        var random = new Random(unchecked(_options.Seed * 7919 + draw));
        var stages = _model.CopyStages();
        for (int i = 0; i < parameters.Count; i++)
        {
            var before = changes[i].Before;
            // Box and Muller's transform.
            double[] direction = [.. before.Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
            double length = Math.Sqrt(direction.Sum(d => d * d));
            parameters[i].Set(stages, [.. before.Select((value, k) => value + direction[k] * changes[i].Norm / length)]);
        }
        return stages;
    }

    private ToleranceSpecification Specify(AxisProbe probe, ToleranceOptions options, double score)
    {
        double bound = options.MinimumScore ?? Math.Max(0, score - options.MaximumDrop);
        var search = new ToleranceSearch(probe, options, bound, _options.Seed, _options.CancellationToken);
        var intervals = AxesOf(probe, options).Select(axis => (Axis: axis, Interval: Part($"tolerance of {axis.Name}", () => search.Interval(axis)))).ToList();
        var box = Part("tolerance of all together", () => search.Box(intervals));
        var (lowest, highest) = RawMeans(intervals);
        return new()
        {
            Model = _model.Fingerprint(),
            MinimumScore = bound,
            NominalScore = score,
            Images = _evaluation.Raw.Count,
            Sensor = _evaluation.Acquisition?.Sensor.Name,
            LowestRawMean = lowest,
            HighestRawMean = highest,
            Intervals = [.. intervals.Select(i => i.Interval)],
            Joint = box,
            Run = RunRecord.Of(Configuration(), _watch),
        };
    }

    /// <summary>How bright the raw images of the accepted light are.</summary>
    private (double Lowest, double Highest) RawMeans(IEnumerable<(ParameterAxis Axis, ToleranceInterval Interval)> intervals)
    {
        List<ImageSet> sets = [_evaluation.Raw];
        foreach (var (axis, interval) in intervals.Where(i => i.Axis.SetAcquisition is not null))
            foreach (double end in new[] { interval.Low, interval.High })
                sets.Add(_evaluation.Measure(axis.SetAcquisition!(_evaluation.Acquisition!, end)));
        // Each set has its own spread of images; the range covers that of every set.
        var ranges = sets.Select(set => set.Images.Select(image => (double)System.Numerics.Tensors.TensorPrimitives.Sum<float>(image) / image.Length).Order().ToArray()).ToList();
        return (ranges.Min(r => r[(int)(0.005 * (r.Length - 1))]), ranges.Max(r => r[(int)Math.Ceiling(0.995 * (r.Length - 1))]));
    }

    private List<ExampleRow> Examples(List<(Finding Finding, DifferentiableStage[] Stages)> found)
    {
        var images = _evaluation.Raw.Subset(_evaluation.Raw.Some(_options.ExampleImages));
        if (_options.ExampleImages == 0)
            return [];
        List<ExampleRow> rows = [Row("as the model sees them", _model.Original)];
        var alike = found.Where(f => f.Finding.Similarity >= _options.MinimumSimilarity).GroupBy(f => f.Finding.ParameterSet)
            .Select(set => set.MinBy(f => f.Finding.Score)).OrderBy(f => f.Finding.Score).Take(4).ToList();
        foreach (var (finding, stages) in alike)
            rows.Add(Row(string.Create(CultureInfo.InvariantCulture, $"{finding.ParameterSet}, λ = {finding.Weight:G3}: score {finding.Score:F3}, similarity {finding.Similarity:F3}"), stages));
        if (alike.Count > 0)
        {
            var (finding, _) = alike[0];
            var parameters = StageParameter.Of(_model).Where(p => finding.Changes.Any(c => c.Name == p.FullName)).ToList();
            var random = RandomStages(parameters, [.. parameters.Select(p => finding.Changes.First(c => c.Name == p.FullName))], draw: 0);
            rows.Add(Row(string.Create(CultureInfo.InvariantCulture,
                $"{finding.ParameterSet}, changed at random by the same norm: score {finding.Control.Scores[0]:F3}, similarity {finding.Control.Similarities[0]:F3}"), random));
            Array.ForEach(random, stage => stage.Dispose());
        }
        return rows;

        ExampleRow Row(string caption, IReadOnlyList<DifferentiableStage> stages)
        {
            var shape = stages.Aggregate(images.Shape, (s, stage) => stage.OutputShape(s));
            return new(caption, [.. _model.Views(stages, images).Select(view => new ExampleView(view, shape[1], shape[2]))]);
        }
    }

    private List<(string Name, IReadOnlyList<StageParameter> Parameters)> ParameterSets()
    {
        var all = StageParameter.Of(_model);
        bool oneStage = all.Select(p => p.Stage).Distinct().Count() == 1;
        if (_options.ParameterSets is not { } asked)
            return [(AllParameters, all), .. all.Select(p => (oneStage ? p.Name : p.FullName, (IReadOnlyList<StageParameter>)[p]))];
        return [.. asked.Select(names => (string.Join(" + ", names), (IReadOnlyList<StageParameter>)[.. names.Select(Find)]))];

        StageParameter Find(string name) => all.FirstOrDefault(p => p.FullName == name || p.Name == name) ?? throw new ArgumentException(
            $"{nameof(ForensicsOptions.ParameterSets)} names '{name}', which no stage has. Parameters: {string.Join(", ", all.Select(p => p.FullName))}.");
    }

    private static List<ParameterAxis> AxesOf(AxisProbe probe, ToleranceOptions options) => options.Axes is not { } names ? [.. probe.Axes]
        : [.. names.Select(name => probe.Axes.FirstOrDefault(axis => axis.Name == name)
            ?? throw new ArgumentException($"{nameof(ToleranceOptions.Axes)} names '{name}'. Axes: {string.Join(", ", probe.Axes.Select(axis => axis.Name))}."))];

    private T Part<T>(string name, Func<T> work)
    {
        _options.CancellationToken.ThrowIfCancellationRequested();
        Report(0, name);
        var result = work();
        _done++;
        Report(0, name);
        return result;
    }

    private void Report(double share, string message) => _options.Progress?.Report(new(_done + share, _total, message));

    private SortedDictionary<string, string> Configuration() => new(StringComparer.Ordinal)
    {
        ["model"] = _model.Fingerprint()[..16],
        ["stages"] = string.Join(" → ", _model.Links.Select(link => link.Stage.Kind)),
        ["data"] = _evaluation.Raw.Fingerprint(),
        ["penalty"] = _options.Penalty.ToString(),
        ["weights λ"] = string.Join(", ", _options.EffectiveWeights.Select(w => w.ToString("G3", CultureInfo.InvariantCulture))),
        ["learning rate"] = _options.LearningRate.ToString("G3", CultureInfo.InvariantCulture),
        ["epochs"] = _options.Epochs.ToString(CultureInfo.InvariantCulture),
        ["batch size"] = _options.BatchSize.ToString(CultureInfo.InvariantCulture),
        ["images searched on"] = _searched.Count.ToString(CultureInfo.InvariantCulture),
        ["images reported on"] = _reported.Count.ToString(CultureInfo.InvariantCulture),
        ["random controls"] = _options.RandomControls.ToString(CultureInfo.InvariantCulture),
        ["ISP ends in batch normalisation"] = _model.Links.Any(link => link.Stage is Isp.ParametrizedIsp { Options.BatchNorm: true }) ? "yes, in eval mode" : "no",
        ["seed"] = _options.Seed.ToString(CultureInfo.InvariantCulture),
    };

    private static (MeasuredData Search, MeasuredData Evaluation) Halves(MeasuredData all, int seed)
    {
        var halves = StratifiedSplit.Of(all.Raw.Labels, 0.5, seed);
        return (all.Subset(halves.Train), all.Subset(halves.Test));
    }
}
