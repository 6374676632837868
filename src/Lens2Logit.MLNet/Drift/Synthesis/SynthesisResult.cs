using Lens2Logit.Corruptions;
using Lens2Logit.MLNet.Drift.Reports;
using Lens2Logit.MLNet.Evaluation;

namespace Lens2Logit.MLNet.Drift.Synthesis;

/// <summary>What a synthesis is summed up in. Drops are in score, 0.1 = ten points; NaN where nothing was computed for it.</summary>
/// <param name="SamePipeline">Score on the pipeline that a model was trained on, over conditions and splits.</param>
/// <param name="PipelineDrop">Drop on the other pipelines, over pairs and splits.</param>
/// <param name="WorstPipelineDrop">Drop of the worst pair, the mean over the splits.</param>
/// <param name="WorstPair">That pair: trained on → tested on.</param>
/// <param name="CorruptionDrop">Drop under corruptions of severity 3 of the gentle preset (or what was tested of them).</param>
/// <param name="Ratio">Corruption drop / pipeline drop: how many times milder pipelines are.</param>
/// <param name="MeasurementDrop">Drop under drifts of the measurement.</param>
public sealed record SynthesisSummary(
    Spread SamePipeline, Spread PipelineDrop, double WorstPipelineDrop, string WorstPair, Spread CorruptionDrop, double Ratio, Spread MeasurementDrop);

/// <summary>Mean corruption errors of one condition's models relative to the baseline condition's, the mean over the splits.</summary>
/// <param name="Condition">Name of the condition.</param>
/// <param name="Preset">The corruptions' preset.</param>
/// <param name="MeanCorruptionError">mCE; 1 is the baseline's. NaN where the baseline makes no error under some corruption, or a corruption could not be tested.</param>
/// <param name="RelativeMeanCorruptionError">Relative mCE; NaN where some corruption does not hurt the baseline.</param>
public sealed record ConditionCorruptionError(string Condition, CorruptionPreset Preset, double MeanCorruptionError, double RelativeMeanCorruptionError);

/// <summary>What a synthesis gave: the scores of models trained on each condition, tested on each and under corruptions and drifts of the measurement.</summary>
public sealed record SynthesisResult
{
    /// <summary>How, with what and when it was made.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>What the models do, and so what the scores are.</summary>
    public DriftTask Task { get; init; }

    /// <summary>What the scores are, in a word or two.</summary>
    internal string ScoreName => Task == DriftTask.Classification ? "accuracy" : "intersection over union";

    /// <summary>Names of the conditions.</summary>
    public required IReadOnlyList<string> Conditions { get; init; }

    /// <summary>The condition whose models are the baseline of mCE.</summary>
    public required string Baseline { get; init; }

    /// <summary>Number of splits asked for.</summary>
    public required int Splits { get; init; }

    /// <summary>The finished units.</summary>
    public required IReadOnlyList<UnitResult> Units { get; init; }

    /// <summary>Units that are not there: of other shards, or failed.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Why units failed, by their names.</summary>
    public required IReadOnlyDictionary<string, string> Failures { get; init; }

    /// <summary>The score of models trained on one condition under one test, over the splits.</summary>
    internal Spread Score(string trained, string test) => Spread.Of(Of(trained).Where(u => u.Scores.ContainsKey(test)).Select(u => u.Scores[test]));

    /// <summary>The score of models trained on a condition and tested on another, over the splits.</summary>
    /// <param name="trained">Name of the condition trained on.</param>
    /// <param name="tested">Name of the condition tested on.</param>
    public Spread Cell(string trained, string tested) => Score(trained, SynthesisTest.Pipeline(tested));

    /// <summary>The drop of score under a corruption, over conditions and splits.</summary>
    /// <param name="preset">Preset.</param>
    /// <param name="name">Name of the corruption.</param>
    /// <param name="severity">Severity.</param>
    public Spread CorruptionDrop(CorruptionPreset preset, string name, int severity) => Spread.Of(Drops(key => key == SynthesisTest.Corruption(preset, name, severity)).Select(d => d.Drop));

    /// <summary>The drifts of the measurement that were tested, and the drop of score under each over conditions and splits.</summary>
    public IReadOnlyList<(string Name, Spread Drop)> MeasurementDrops() => [.. Drops(key => Kind(key) == SynthesisTest.Measurement)
        .GroupBy(d => d.Test).Select(g => (g.Key[(SynthesisTest.Measurement.Length + 1)..], Spread.Of(g.Select(d => d.Drop)))).OrderBy(d => d.Item2.Mean)];

    /// <summary>The corruptions that were tested.</summary>
    public IReadOnlyList<CorruptionSetting> Corruptions() => [.. Units.SelectMany(u => u.Scores.Keys).Where(key => Kind(key) == SynthesisTest.Corrupted).Distinct()
        .Select(key => key.Split('/')).Select(p => new CorruptionSetting(p[2], int.Parse(p[3], System.Globalization.CultureInfo.InvariantCulture), Enum.Parse<CorruptionPreset>(p[1])))];

    /// <summary>The few numbers to take away.</summary>
    public SynthesisSummary Summary()
    {
        var others = Drops(key => Kind(key) == SynthesisTest.OtherPipeline).Where(d => d.Test != SynthesisTest.Pipeline(d.Unit.Condition)).ToList();
        var worst = others.GroupBy(d => (d.Unit.Condition, d.Test)).Select(g => (g.Key, Mean: g.Average(d => d.Drop))).OrderByDescending(g => g.Mean).FirstOrDefault();
        var tested = Corruptions();
        var chosen = tested.Where(c => c is { Severity: 3, Preset: CorruptionPreset.Gentle }).ToList();
        var keys = (chosen.Count > 0 ? chosen : tested).Select(c => SynthesisTest.Corruption(c.Preset, c.Name, c.Severity)).ToHashSet();
        var (pipelines, corruptions) = (Spread.Of(others.Select(d => d.Drop)), Spread.Of(Drops(keys.Contains).Select(d => d.Drop)));
        return new(Spread.Of(Units.Select(Own).Where(double.IsFinite)), pipelines, others.Count > 0 ? worst.Mean : double.NaN,
            others.Count > 0 ? $"{worst.Key.Condition} → {worst.Key.Test[(SynthesisTest.OtherPipeline.Length + 1)..]}" : "", corruptions, corruptions.Mean / pipelines.Mean,
            Spread.Of(Drops(key => Kind(key) == SynthesisTest.Measurement).Select(d => d.Drop)));
    }

    /// <summary>mCE and relative mCE of each condition, for each preset, over the splits in which the baseline is there.</summary>
    public IReadOnlyList<ConditionCorruptionError> CorruptionErrors() =>
    [
        .. from preset in Corruptions().Select(c => c.Preset).Distinct()
           from condition in Conditions
           let pairs = Of(condition).Join(Of(Baseline), u => u.Split, b => b.Split, (unit, baseline) => (unit, baseline)).ToList()
           where pairs.Count > 0
           select new ConditionCorruptionError(condition, preset,
               pairs.Average(p => OrNaN(() => CorruptionError.Mean(Errors(p.unit, preset), Errors(p.baseline, preset)))),
               pairs.Average(p => OrNaN(() => CorruptionError.RelativeMean(Errors(p.unit, preset), 1 - Own(p.unit), Errors(p.baseline, preset), 1 - Own(p.baseline))))),
    ];

    /// <summary>Writes the report (<c>report.html</c>), its figures as PNG, and the data as JSON and CSV into a folder.</summary>
    /// <param name="folder">The folder; it is created.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder) => SynthesisReport.Save(this, folder);

    private static string Kind(string key) => key[..key.IndexOf('/', StringComparison.Ordinal)];

    private static double OrNaN(Func<double> value)
    {
        try
        {
            return value();
        }
        catch (ArgumentException)
        {
            // Nothing can be relative to a baseline without errors, or to one that a corruption could not be tested on.
            return double.NaN;
        }
    }

    private static double Own(UnitResult unit) => unit.Scores.GetValueOrDefault(SynthesisTest.Pipeline(unit.Condition), double.NaN);

    private IEnumerable<UnitResult> Of(string condition) => Units.Where(u => u.Condition == condition);

    private IEnumerable<(UnitResult Unit, string Test, double Drop)> Drops(Func<string, bool> tests) =>
        from unit in Units
        let own = Own(unit)
        where double.IsFinite(own)
        from score in unit.Scores
        where tests(score.Key)
        select (unit, score.Key, own - score.Value);

    private Dictionary<string, IReadOnlyList<double>> Errors(UnitResult unit, CorruptionPreset preset) => Corruptions().Where(c => c.Preset == preset).GroupBy(c => c.Name)
        .ToDictionary(g => g.Key, g => (IReadOnlyList<double>)[.. g.OrderBy(c => c.Severity).Select(c => 1 - unit.Scores.GetValueOrDefault(SynthesisTest.Corruption(preset, c.Name, c.Severity), double.NaN))]);
}
