using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Drift.Optimization;
using Lens2Logit.MLNet.Drift.Synthesis;
using Lens2Logit.MLNet.Drift.TestCases;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Drift;

/// <summary>
/// What an explicit, differentiable data model makes possible (Oala, Aversa, Nobis, Willis et al., <em>Data Models for Dataset Drift Controls in
/// Machine Learning With Optical Images</em>, TMLR 2023). Got by <c>mlContext.Drift()</c>.
/// </summary>
public sealed class DriftCatalog
{
    private readonly MLContext _context;
    private readonly IHost _host;

    internal DriftCatalog(MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Interop.MLEnvironment.Check(context.Transforms);
        _context = context;
        _host = ((IHostEnvironment)context).Register("Drift");
    }

    /// <summary>
    /// Drift synthesis: trains a model on each condition and tests it on each, under corruptions and under drifts of the measurement, over several
    /// splits. A condition that cannot run is reported, and the others go on.
    /// </summary>
    /// <param name="data">Labelled scenes or raw images.</param>
    /// <param name="options">Options; null for the defaults: 12 pipelines, 3 splits.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a column is missing.</exception>
    /// <exception cref="InvalidDataException">The data has no labelled row, or a result file belongs to another experiment; the message names the difference.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; finished units are in the result folder.</exception>
    public SynthesisResult Synthesize(DriftData data, SynthesisOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new();
        options.Validate();
        using var channel = _host.Start("Synthesize");
        return new SynthesisRun(_context, data, options with { Progress = new ChannelProgress(channel, options.Progress) }, channel).Run();
    }

    /// <summary>
    /// Drift forensics: follows the gradient into the data model and finds the smallest change that breaks a model; measures the score along
    /// each parameter; and specifies the tolerance within which the score stays above a bound. The model is only read.
    /// </summary>
    /// <param name="model">
    /// A fitted model with <c>RawImageClassification</c> behind a differentiable stage. Where its chain simulates the measurement, light and
    /// noise are investigated too.
    /// </param>
    /// <param name="data">The data that the model takes, or data with the column that its first stage reads; with labels.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no such classifier or stage, an option is out of range, or a column is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The data has no labelled row, or a label the model does not know, or a result file belongs to another experiment; the message names the difference.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; finished units are in the result folder.</exception>
    public ForensicsResult Investigate(ITransformer model, IDataView data, ForensicsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new();
        options.Validate();
        using var channel = _host.Start("Investigate");
        using var investigation = new Investigation(model, data, options with { Progress = new ChannelProgress(channel, options.Progress) }, channel);
        return investigation.Run();
    }

    /// <summary>
    /// Drift optimisation: trains a model, lets the measurement drift, and goes on with the ISP frozen, exposure compensated and learned, by adapting
    /// the trained model and from scratch, over several seeds.
    /// </summary>
    /// <param name="data">Labelled scenes.</param>
    /// <param name="options">Options; null for the defaults: the light drops to 1 %, 5 seeds.</param>
    /// <returns>The result; when cancelled, of the seeds that were finished.</returns>
    /// <exception cref="ArgumentException">An option is out of range, a column is missing, the data are raw images, or the shard holds no seed and no folder has one.</exception>
    /// <exception cref="InvalidDataException">The data has no labelled row, or a result file belongs to another experiment; the message names the difference.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first seed was finished.</exception>
    public OptimizationResult Optimize(DriftData data, OptimizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new();
        options.Validate();
        using var channel = _host.Start("Optimize");
        return new OptimizationRun(_context, data, options with { Progress = new ChannelProgress(channel, options.Progress) }, channel).Run();
    }

    /// <summary>
    /// Test cases for a team's own unit tests, to feed NUnit's <c>TestCaseSource</c>: the condition as it is, and one deviation at a time. Named,
    /// seeded and reproducible; nothing is computed before a case is asked for its score.
    /// </summary>
    /// <param name="options">Which cases; null for all of the defaults.</param>
    /// <exception cref="ArgumentException">A configuration is not valid.</exception>
    public IEnumerable<DriftTestCase> TestCases(DriftTestCaseOptions? options = null)
    {
        using var channel = _host.Start("TestCases");
        var cases = DriftTestCases.Of(options ?? new()).ToList();
        channel.Info($"{cases.Count} drift test cases.");
        return cases;
    }
}
