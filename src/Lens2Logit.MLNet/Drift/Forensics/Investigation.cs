using System.Diagnostics;
using System.Globalization;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.MLNet.Drift.Units;
using Lens2Logit.Stages;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>Runs the searches, the controls, the curves and the tolerance of one model.</summary>
internal sealed class Investigation : IDisposable
{
    private const string AllParameters = "all", Box = "tolerance of all together";

    // A part of the search images says well enough which parameters were best.
    private const int LookImages = 150;

    private readonly ForensicsOptions _options;
    private readonly TaskModel _model;
    private readonly MeasuredData _evaluation;
    private readonly TaskImages _searched, _looked, _reported;
    private readonly SortedDictionary<string, string> _experiment;
    private readonly UnitsOfWork _units;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private double _done, _total;

    public Investigation(ITransformer model, IDataView data, ForensicsOptions options, IChannel channel)
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
        _experiment = Experiment();
        _units = new(options, _experiment, channel);
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
        using var probe = new AxisProbe(_model, _evaluation);
        var searches = (from set in ParameterSets() from weight in _options.EffectiveWeights select (set.Name, set.Parameters, Weight: weight)).ToList();
        var curves = _options.SensitivityPoints > 0 ? probe.Axes : [];
        var intervals = _options.Tolerance is { } t ? AxesOf(probe, t) : [];
        _total = Math.Max(1, _units.ToCompute(
        [
            .. searches.Select(s => SearchOf(s.Name, s.Weight)), .. curves.Select(CurveOf), .. intervals.Select(IntervalOf), .. intervals.Count > 0 ? [Box] : Array.Empty<string>(),
        ]));

        double score = _model.Accuracy(_model.Original, _reported.Set, _reported.Classes);
        var findings = searches.Select(s => _units.Get(SearchOf(s.Name, s.Weight), () => Search(s.Name, s.Parameters, s.Weight))).OfType<Finding>().ToList();
        var sensitivity = curves.Select(axis => (Axis: axis, Curve: Part(CurveOf(axis), () => probe.Curve(axis, _options.SensitivityPoints)))).Where(c => c.Curve is not null).ToList();
        var tolerance = _options.Tolerance is { } options ? Specify(probe, intervals, options, score) : null;
        var run = RunRecord.Of(Configuration(), _watch);
        return new()
        {
            Run = run,
            Score = score,
            Images = _evaluation.Raw.Count,
            MinimumSimilarity = _options.MinimumSimilarity,
            Missing = _units.Missing,
            Findings = findings,
            // What comes from a file knows the axis but cannot turn it.
            Sensitivity = [.. sensitivity.Select(c => c.Curve! with { Axis = c.Axis })],
            Tolerance = tolerance is null ? null : tolerance with { Run = run },
            Examples = Examples(findings),
        };
    }

    private static string SearchOf(string set, double weight) => string.Create(CultureInfo.InvariantCulture, $"search {set}, λ = {weight}");

    private static string CurveOf(ParameterAxis axis) => $"sensitivity to {axis.Name}";

    private static string IntervalOf(ParameterAxis axis) => $"tolerance of {axis.Name}";

    private Finding Search(string name, IReadOnlyList<StageParameter> parameters, double weight)
    {
        string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
        var search = new GradientSearch(_model, _searched, _looked, _options);
        var (stages, steps) = search.Run(parameters, weight, share => Report(share, SearchOf(name, weight)));
        var (score, similarity) = _model.Evaluate(stages, _reported);
        var changes = parameters.Select(p => new ParameterChange(p.FullName, p.Unit, p.Values(_model.Original), p.Values(stages))).ToList();
        Array.ForEach(stages, stage => stage.Dispose());
        var finding = new Finding(name, weight, score, similarity, steps, changes, Control(parameters, changes));
        _done++;
        Report(0, string.Create(CultureInfo.InvariantCulture, $"{name}, λ = {weight:G3}: score {Text(score)} at similarity {Text(similarity)}, random {Text(finding.Control.MeanScore)}"));
        return finding;
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

    /// <summary>The stages with the parameters that were found.</summary>
    private DifferentiableStage[] StagesOf(Finding finding)
    {
        var stages = _model.CopyStages();
        foreach (var (parameter, change) in ParametersOf(finding).Zip(finding.Changes))
            parameter.Set(stages, change.After);
        return stages;
    }

    private List<StageParameter> ParametersOf(Finding finding)
    {
        var all = StageParameter.Of(_model).ToDictionary(p => p.FullName);
        return [.. finding.Changes.Select(change => all[change.Name])];
    }

    /// <summary>The specification, or null while a part of it is another shard's.</summary>
    private ToleranceSpecification? Specify(AxisProbe probe, IReadOnlyList<ParameterAxis> axes, ToleranceOptions options, double score)
    {
        double bound = options.MinimumScore ?? Math.Max(0, score - options.MaximumDrop);
        var search = new ToleranceSearch(probe, options, bound, _options.Seed, _options.CancellationToken);
        var known = axes.Select(axis => (Axis: axis, Interval: Part(IntervalOf(axis), () => search.Interval(axis)))).ToList();
        List<(ParameterAxis Axis, ToleranceInterval Interval)> intervals = [.. known.Where(i => i.Interval is not null).Select(i => (i.Axis, i.Interval!))];
        var box = Part(Box, () => intervals.Count == axes.Count ? search.Box(intervals) : null);
        if (box is null)
            return null;
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

    private List<ExampleRow> Examples(IReadOnlyList<Finding> findings)
    {
        if (_options.ExampleImages == 0)
            return [];
        var images = _evaluation.Raw.Subset(_evaluation.Raw.Some(_options.ExampleImages));
        List<ExampleRow> rows = [Row("as the model sees them", _model.Original)];
        var alike = ForensicsResult.Ranking(findings, _options.MinimumSimilarity).Take(4).ToList();
        foreach (var finding in alike)
            rows.Add(RowOf(string.Create(CultureInfo.InvariantCulture, $"{finding.ParameterSet}, λ = {finding.Weight:G3}: score {finding.Score:F3}, similarity {finding.Similarity:F3}"), StagesOf(finding)));
        if (alike.Count > 0)
        {
            var control = alike[0].Control;
            rows.Add(RowOf(string.Create(CultureInfo.InvariantCulture, $"{alike[0].ParameterSet}, changed at random by the same norm: score {control.Scores[0]:F3}, similarity {control.Similarities[0]:F3}"),
                RandomStages(ParametersOf(alike[0]), alike[0].Changes, draw: 0)));
        }
        return rows;

        ExampleRow RowOf(string caption, DifferentiableStage[] stages)
        {
            var row = Row(caption, stages);
            Array.ForEach(stages, stage => stage.Dispose());
            return row;
        }

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

    private T? Part<T>(string unit, Func<T?> compute)
        where T : class
    {
        return _units.Get(unit, () =>
        {
            Report(0, unit);
            var result = compute();
            _done++;
            Report(0, unit);
            return result;
        });
    }

    private void Report(double share, string message) => _options.Progress?.Report(new(_done + share, _total, message));

    /// <summary>What decides about each unit; not which sets and weights there are, so that more can be added.</summary>
    private SortedDictionary<string, string> Experiment()
    {
        var experiment = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["model"] = _model.Fingerprint()[..16],
            ["stages"] = string.Join(" → ", _model.Links.Select(link => link.Stage.Kind)),
            ["data"] = _evaluation.Raw.Fingerprint(),
            ["data searched on"] = _searched.Set.Fingerprint(),
            ["penalty"] = _options.Penalty.ToString(),
            ["learning rate"] = Text(_options.LearningRate),
            ["learning rates of parameters"] = string.Join(", ", _options.ParameterLearningRates.OrderBy(rate => rate.Key, StringComparer.Ordinal).Select(rate => $"{rate.Key} {Text(rate.Value)}")),
            ["epochs"] = Text(_options.Epochs),
            ["batch size"] = Text(_options.BatchSize),
            ["steps between looks"] = Text(_options.StepsBetweenLooks),
            ["images searched on"] = Text(_searched.Count),
            ["images reported on"] = Text(_reported.Count),
            ["similarity kept"] = Text(_options.MinimumSimilarity),
            ["random controls"] = Text(_options.RandomControls),
            ["points of a sensitivity curve"] = Text(_options.SensitivityPoints),
            ["ISP ends in batch normalisation"] = _model.Links.Any(link => link.Stage is Isp.ParametrizedIsp { Options.BatchNorm: true }) ? "yes, in eval mode" : "no",
            ["seed"] = Text(_options.Seed),
        };
        if (_options.Tolerance is { } t)
        {
            experiment["tolerance"] = FormattableString.Invariant($"{(t.MinimumScore is { } minimum ? $"score of at least {minimum}" : $"at most {t.MaximumDrop} lost")}, ")
                + FormattableString.Invariant($"{t.SearchPoints} points and {t.Bisections} bisections to each side, verified at {t.Samples}, jointly at {t.JointSamples}, {(t.Axes is { } axes ? string.Join(" + ", axes) : "all axes")}");
        }
        return experiment;

        static string Text<T>(T value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
    }

    private SortedDictionary<string, string> Configuration() => new(_experiment, StringComparer.Ordinal)
    {
        ["weights λ"] = string.Join(", ", _options.EffectiveWeights.Select(w => w.ToString("G3", CultureInfo.InvariantCulture))),
    };

    private static (MeasuredData Search, MeasuredData Evaluation) Halves(MeasuredData all, int seed)
    {
        var halves = StratifiedSplit.Of(all.Raw.Labels, 0.5, seed);
        return (all.Subset(halves.Train), all.Subset(halves.Test));
    }
}
