using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Perfolizer.Mathematics.OutlierDetection;

namespace Lens2Logit.Benchmarks;

/// <summary>BenchmarkDotNet as a stopwatch: in this process, because each child would be built with half a gigabyte of libtorch beside it.</summary>
internal static class Measuring
{
    /// <summary>Measures every case of a suite.</summary>
    /// <exception cref="InvalidOperationException">A case failed; BenchmarkDotNet's log has been written to the error stream.</exception>
    public static IReadOnlyDictionary<string, Measurement> Run<TSuite>(Repetitions repetitions)
        where TSuite : Suite, new()
    {
        var log = new AccumulationLogger();
        var summary = BenchmarkRunner.Run<SuiteBenchmark<TSuite>>(Config(repetitions, log));
        var cases = new TSuite().Cases;
        var measured = new Dictionary<string, Measurement>();
        foreach (var report in summary.Reports)
        {
            if (report.Success && report.ResultStatistics is { } statistics)
                measured.Add(cases[(int)report.BenchmarkCase.Parameters[nameof(SuiteBenchmark<>.Index)]].Name, Measurement.From(statistics));
        }
        var missing = cases.Select(c => c.Name).Where(name => !measured.ContainsKey(name)).ToList();
        if (missing.Count > 0)
        {
            Console.Error.WriteLine(log.GetLog());
            throw new InvalidOperationException($"Not measured: {string.Join("; ", missing)}.");
        }
        return measured;
    }

    private static ManualConfig Config(Repetitions repetitions, ILogger log)
    {
        var job = Job.Default
            // Five minutes, the default, are too few for large images in plain loops on a busy machine.
            .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: false))
            .WithStrategy(RunStrategy.Throughput)
            .WithWarmupCount(repetitions.Warmup)
            .WithIterationCount(repetitions.Iterations)
            .WithIterationTime(TimeInterval.FromMilliseconds(repetitions.IterationMilliseconds))
            // Calls take 50 µs or more: a loop around them costs nothing that would have to be unrolled or subtracted.
            .WithUnrollFactor(1)
            .WithEvaluateOverhead(false)
            // The median needs no help, and the spread must show what happened.
            .WithOutlierMode(OutlierMode.DontRemove);
        return ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(log)
            .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
            // It creates a folder for reports even where none is asked for.
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "Lens2Logit.Benchmarks"))
            .WithOptions(ConfigOptions.DisableLogFile);
    }
}
