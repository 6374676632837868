using Lens2Logit.Benchmarks;

// The suites ask for the device when they are named.
Lens2Logit.Native.TorchNative.EnsureLoaded();
const string QuickFlag = "--quick";
var suites = new (string Name, Action<Repetitions, string> Run)[]
{
    (new IspSuite().Name, Run<IspSuite>),
    (new IspProfileSuite().Name, Run<IspProfileSuite>),
    (new SamplingSuite().Name, Run<SamplingSuite>),
    (new TrainingSuite().Name, Run<TrainingSuite>),
    (new ScoringSuite().Name, Run<ScoringSuite>),
    (new RowsSuite().Name, Run<RowsSuite>),
    (new IoSuite().Name, Run<IoSuite>),
};
var names = args.Where(a => a != QuickFlag).ToList();
var unknown = names.Where(n => n != "all" && suites.All(s => s.Name != n)).ToList();
if (names.Count == 0 || unknown.Count > 0)
{
    Console.Error.WriteLine(unknown.Count > 0 ? $"There is no suite named {string.Join(", ", unknown)}." : "Which suite?");
    Console.Error.WriteLine($"Valid names: {string.Join(", ", suites.Select(s => s.Name))}, all. {QuickFlag} repeats less.");
    return 1;
}

var folder = Path.Combine(RepositoryRoot.Find(), "artifacts", "benchmarks");
var repetitions = args.Contains(QuickFlag) ? Repetitions.Quick : Repetitions.Full;
foreach (var suite in suites.Where(s => names.Contains("all") || names.Contains(s.Name)))
    suite.Run(repetitions, folder);
return 0;

static void Run<TSuite>(Repetitions repetitions, string folder)
    where TSuite : Suite, new()
{
    var suite = new TSuite();
    var measured = Measuring.Run<TSuite>(repetitions);
    var table = new ResultTable(suite.Name, Head.Of(suite, repetitions), Row.Of(suite, measured));
    table.Write(folder);
    if (suite.Document is { } document && repetitions == Repetitions.Full)
        File.WriteAllText(Path.Combine(RepositoryRoot.Find(), document), table.ToMarkdown());
    Console.WriteLine(table.ToMarkdown());
}
