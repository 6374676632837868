using System.CommandLine;
using DoseOptimization;
using Lens2Logit.Examples;
using Microsoft.ML;

var quick = new Option<bool>("--quick") { Description = "Fewer images, epochs and prices: about a minute." };
var output = new Option<DirectoryInfo>("--out") { Description = "Folder for table and picture.", DefaultValueFactory = _ => new("out") };
var seed = new Option<int>("--seed") { Description = "Seed of images, order and initial weights.", DefaultValueFactory = _ => 1 };
var weights = new Option<double[]>("--weights") { Description = "Prices of light, in nats for all of the light at the start.", AllowMultipleArgumentsPerToken = true };
weights.Validators.Add(result =>
{
    if (result.GetValueOrDefault<double[]>()?.Any(weight => !(weight >= 0) || double.IsInfinity(weight)) == true)
        result.AddError("A price in --weights must be a number of at least 0.");
});

var command = new RootCommand("Finds the least light that keeps the accuracy: camera, ISP and network learn together, and light has a price.")
{
    quick, output, seed, weights,
};
command.SetAction((arguments, cancellation) => Task.FromResult(ExampleRun.Of(() => Run(new()
{
    Quick = arguments.GetValue(quick),
    Out = arguments.GetValue(output)!.FullName,
    Seed = arguments.GetValue(seed),
    Weights = arguments.GetValue(weights) is { Length: > 0 } given ? given : null,
}, cancellation))));
return await command.Parse(args).InvokeAsync();

static void Run(Settings settings, CancellationToken cancellation)
{
    Console.WriteLine("Training in good light, then learning camera, ISP and network together while light has a price.");
    var experiment = new DoseExperiment(new MLContext(seed: 1), settings, cancellation);
    var results = new List<DoseResult> { experiment.Start() };
    Report.PrintHeader();
    Report.Print(results[0]);
    foreach (var weight in settings.Prices)
    {
        results.Add(experiment.Optimize(weight));
        Report.Print(results[^1]);
    }
    Report.Save(results, settings.Out);
    Console.WriteLine($"\nThe camera at the highest price:\n{results.MaxBy(result => result.Weight)!.Camera}");
    Console.WriteLine($"Table and picture are in {settings.Out}");
}
