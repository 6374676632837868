#:project ../../src/Lens2Logit.MLNet/Lens2Logit.MLNet.csproj
#:property PublishAot=false

// %% [markdown]
// # 1 · A camera and its photon-transfer curve
//
// A camera does not see brightness. It counts photons, a random number of them, and adds noise of its own. Lens2Logit simulates that
// measurement after EMVA 1288, the standard by which sensor makers describe their sensors. This notebook photographs one scene in less
// and less light, and then does what a laboratory does with a new camera: it measures the sensor from the images alone.

// %%
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Data;
using Lens2Logit.Plots;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.PhotonTransfer;

var sensor = SensorPresets.RawDrone;
Console.WriteLine($"{sensor.Name}: full well {sensor.FullWellElectrons} e⁻, read noise {sensor.ReadNoiseElectrons} e⁻, gain {sensor.SystemGain:F3} DN/e⁻, {sensor.BitDepth} bit, {sensor.Cfa}");
Console.WriteLine($"Source: {sensor.Source}");
Console.WriteLine($"Assumed, because no source gives it: {string.Join(", ", sensor.Assumed)}");

// %% [markdown]
// ## A scene
//
// The built-in data set renders blood smears in linear light: `[3, H, W]`, 1 = reference white. Any scene of that shape will do.

// %%
const int size = 96;
var smear = new SyntheticSmear(new() { Count = 5, Size = size, Seed = 4 });
var scene = new float[3 * size * size];
smear.Render(2, scene);
Console.WriteLine($"{smear.Classes[smear.ClassOf(2)]}, {size}×{size} pixels");

// %% [markdown]
// ## The same scene at seven intensities
//
// `Exposure` says how much light there is, here as a share of the light that nearly fills the pixels. The raw image is a Bayer mosaic; a
// simple ISP develops it. What is left of the light is amplified for the eye: so one sees the noise grow rather than the picture fade.

// %%
var developed = new List<SheetImage>();
foreach (float illumination in Exposure.PaperIntensities)
{
    var sampler = new MeasurementSampler(sensor, new Exposure { Illumination = illumination });
    var raw = new float[size * size];
    sampler.Measure(scene, size, size, rowKey: 0, raw);

    // Amplify what lies above the black level, which the ISP subtracts.
    float black = sensor.BlackLevelDn / sensor.MaximumDn;
    for (int i = 0; i < raw.Length; i++)
        raw[i] = black + (raw[i] - black) / illumination;

    var view = new float[3 * size * size];
    new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse("ma,s,ga")).Process<float>(raw, size, size, view);
    developed.Add(new(view, size, size, $"{illumination:P0} of the light"));
}
new ContactSheet { Rows = [new("", developed)], CellSize = 160 }.Save("01-intensities.png");

// %% [markdown]
// ## Measuring the sensor
//
// Photograph evenly lit surfaces, from dark to saturation. The brighter the surface, the larger the mean *and* the larger the variance of
// a pixel from one frame to the next: photons arrive at random, so the variance of their number is its mean. The slope of variance over
// mean is therefore the gain, in digital numbers per electron, which nobody can read off a single image.

// %%
var laboratory = SensorPresets.Imx183;
var series = PhotonTransferSeries.Simulate(laboratory, new() { Height = 128, Width = 128, Levels = 30, FramesPerLevel = 16, StackFrames = 24 });
var measured = series.Analyze();
Console.WriteLine(measured);

// %%
double[] signal = [.. measured.Points.Select(p => p.SignalDn)], variance = [.. measured.Points.Select(p => p.SignalVarianceDn2)];
new LineChart
{
    Title = $"Photon transfer, {laboratory.Name}",
    XAxis = new("signal above dark, DN"),
    YAxis = new("temporal variance above dark, DN²"),
    Series =
    [
        new("measured", signal, variance) { Mark = SeriesMark.Points },
        new($"slope K = {measured.SystemGain:F4} DN/e⁻", [0, signal.Max()], [0, measured.SystemGain * signal.Max()]),
    ],
}.Save("01-photon-transfer.png");

// %% [markdown]
// Where the pixels are full the variance collapses: a pixel that is always full does not fluctuate. Up to there the points lie on a line
// whose slope is the gain the simulation was given.

// %%
Console.WriteLine($"gain K               true {laboratory.SystemGain:F4} DN/e⁻, measured {measured.SystemGain:F4}");
Console.WriteLine($"temporal dark noise  measured {measured.TemporalDarkNoiseElectrons:F2} e⁻");
Console.WriteLine($"PRNU                 true {laboratory.PrnuPercent:F2} %, measured {measured.PrnuPercent:F2} %");
Console.WriteLine($"dynamic range        {measured.DynamicRangeDecibels:F1} dB");
