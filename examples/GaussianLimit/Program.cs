using System.CommandLine;
using GaussianLimit;
using Lens2Logit.Plots;

// Where the normal noise of the differentiable measurement stands for the exact one, and where it does not: the figures of
// docs/differentiable-measurement.md.
var output = new Option<DirectoryInfo>("--out") { Description = "Folder for the pictures.", DefaultValueFactory = _ => new("out") };
var size = new Option<int>("--size") { Description = "Height and width of the flat fields in pixels.", DefaultValueFactory = _ => 1024 };
size.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() < 1)
        result.AddError($"--size is {result.GetValueOrDefault<int>()}; expected at least 1.");
});
var command = new RootCommand("Compares the differentiable measurement with the exact sampler at few electrons.") { output, size };
command.SetAction(arguments =>
{
    var folder = arguments.GetValue(output)!.FullName;
    int pixels = arguments.GetValue(size);
    double[] electrons = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    var (clipped, free) = (Sweep(0, 0, field => field.Ratios()), Sweep(0, 500, field => field.Ratios()));
    new LineChart
    {
        Title = "Differentiable measurement over exact sampler",
        XAxis = new("mean charge λ, e⁻") { Logarithmic = true },
        YAxis = new("ratio"),
        Series =
        [
            new("mean, black level 0", electrons, Array.ConvertAll(clipped, ratio => ratio.Mean)),
            new("variance, black level 0", electrons, Array.ConvertAll(clipped, ratio => ratio.Variance)),
            new("mean, black level 500 DN", electrons, Array.ConvertAll(free, ratio => ratio.Mean)),
            new("variance, black level 500 DN", electrons, Array.ConvertAll(free, ratio => ratio.Variance)),
        ],
        HorizontalLines = [new(1.01, ""), new(0.99, "±1 %")],
    }.Save(Path.Combine(folder, "gaussian-limit-moments.png"));

    new LineChart
    {
        Title = "Largest difference of the cumulative distributions",
        XAxis = new("mean charge λ, e⁻") { Logarithmic = true },
        YAxis = new("Kolmogorov distance") { Logarithmic = true },
        Series = [.. new[] { 0f, 0.3f, 1, 3 }.Select(noise =>
            new PlotSeries(FormattableString.Invariant($"read noise {noise} e⁻"), electrons, Sweep(noise, 500, field => field.Distance())))],
    }.Save(Path.Combine(folder, "gaussian-limit-distance.png"));

    var few = FlatField.Take(FlatField.Camera(readNoiseElectrons: 0.2f, blackLevelDn: 40), 2, pixels);
    double[] charge = [.. Enumerable.Range(-40, 120).Select(number => number / 10.0)];
    new LineChart
    {
        Title = "Two electrons at a read noise of 0.2 e⁻",
        XAxis = new("signal above black, e⁻"),
        YAxis = new("share of the pixels per DN"),
        Series =
        [
            new("exact sampler", charge, few.Histogram(few.Exact)[..charge.Length]),
            new("differentiable measurement", charge, few.Histogram(few.Differentiable)[..charge.Length]),
        ],
    }.Save(Path.Combine(folder, "gaussian-limit-distribution.png"));
    Console.WriteLine($"Three pictures are in {folder}");

    T[] Sweep<T>(float readNoise, float black, Func<FlatField, T> value) =>
        Array.ConvertAll(electrons, mean => value(FlatField.Take(FlatField.Camera(readNoise, black), mean, pixels)));
});
return command.Parse(args).Invoke();
