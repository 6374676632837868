using BenchmarkDotNet.Attributes;
using TorchSharp;

namespace Lens2Logit.Benchmarks;

/// <summary>What BenchmarkDotNet runs: one case of a suite after the other.</summary>
/// <typeparam name="TSuite">The suite.</typeparam>
public class SuiteBenchmark<TSuite>
    where TSuite : Suite, new()
{
    private readonly TSuite _suite = new();
    private Workload? _workload;
    private Action _run = () => { };

    /// <summary>Which case. A number, because BenchmarkDotNet sorts by it: a case is measured right after the one it is compared with.</summary>
    [ParamsSource(nameof(Indices))]
    public int Index { get; set; }

    /// <summary>All cases, for BenchmarkDotNet.</summary>
    public IEnumerable<int> Indices => Enumerable.Range(0, _suite.Cases.Count);

    /// <summary>Makes the case's data on the thread that will run it.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        var subject = _suite.Cases[Index];
        Console.Error.WriteLine($"  {_suite.Name} {Index + 1}/{_suite.Cases.Count}: {subject.Name}");
        // OpenMP keeps the number of threads per calling thread, and BenchmarkDotNet starts one for every case.
        torch.set_num_threads(_suite.Threads);
        _workload = subject.Prepare();
        _run = _workload.Run;
    }

    /// <summary>The timed region.</summary>
    [Benchmark]
    public void Run() => _run();

    /// <summary>Lets the case's data go, so that the next one finds the memory free.</summary>
    [GlobalCleanup]
    public void Release() => _workload?.Dispose();
}
