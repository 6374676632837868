#:project ../../src/Lens2Logit.MLNet/Lens2Logit.MLNet.csproj
#:property PublishAot=false

// %% [markdown]
// # 2 · Developing raw images
//
// An image signal processor (ISP) turns the mosaic a sensor measures into an image: it subtracts the black level, fills in the two
// colours that each pixel did not measure (*demosaicing*), balances white, corrects colours, sharpens, removes noise, and applies gamma.
// Every maker does it differently, and a network notices. Here are the twelve pipelines of the paper, and then one that can learn.

// %%
using Lens2Logit.Isp;
using Lens2Logit.MLNet.Data;
using Lens2Logit.Plots;
using Lens2Logit.Sensors;
using TorchSharp;

const int size = 96;
var smear = new SyntheticSmear(new() { Count = 5, Size = size, Seed = 4 });
float[] scene = new float[3 * size * size], raw = new float[size * size];
smear.Render(3, scene);
new MeasurementSampler(SensorPresets.RawDrone, new Exposure { Illumination = 0.3f }).Measure(scene, size, size, rowKey: 3, raw);
Console.WriteLine($"raw: {raw.Length} values from {raw.Min():F3} to {raw.Max():F3}");

// %% [markdown]
// ## Twelve static pipelines
//
// Three ways to demosaic (bilinear, Malvar 2004, Menon 2007), two to sharpen (a filter, an unsharp mask) and two to remove noise (median,
// Gaussian). They look alike to a person, and not to a network trained on one of them. The coloured frame of the first two rows is the border: these
// demosaicings repeat the edge pixel beyond it, as the paper's code does, where a pixel of another colour should be. Menon's mirrors.

// %%
SheetImage Develop(IspConfiguration configuration)
{
    var view = new float[3 * size * size];
    new StaticIsp(CameraParameters.RawDrone, configuration).Process<float>(raw, size, size, view);
    return new(view, size, size, configuration.ToString());
}

var rows = IspConfiguration.All.Chunk(4).Select(row => new SheetRow("", [.. row.Select(Develop)]));
new ContactSheet { Rows = [.. rows], CellSize = 160 }.Save("02-twelve-pipelines.png");

// %% [markdown]
// ## The same as a torch module
//
// `ParametrizedIsp` has the pipeline (bi, s, ga) as its starting point, and every number of it is a parameter: black level, demosaicing
// kernels, white balance, colour matrix, sharpening and blur kernels, gamma.

// %%
var isp = new ParametrizedIsp(new ParametrizedIspOptions { Camera = CameraParameters.RawDrone });
Console.WriteLine(isp);

// %%
var batch = torch.tensor(raw).view(1, size, size);
var view = isp.forward(batch);
var fixedView = Develop(IspConfiguration.Parse("bi,s,ga")).Pixels.ToArray();
Console.WriteLine($"largest difference from the static pipeline: {(view.flatten() - torch.tensor(fixedView)).abs().max().ToSingle():E1}");

// %% [markdown]
// ## Stage by stage, with gradients
//
// `Develop` hands back what every stage made of the image. Gradients flow through all of them: below, how the mean brightness of the
// view depends on the gamma exponent and on the black level.

// %%
var stages = new Dictionary<string, torch.Tensor>();
view = isp.Develop(batch, stages);
view.mean().backward();
new ContactSheet
{
    Rows = [new("", [.. stages.Select(stage => new SheetImage(stage.Value.detach().clamp(0, 1).flatten().data<float>().ToArray(), size, size, stage.Key))])],
    CellSize = 150,
}.Save("02-stages.png");
Console.WriteLine($"d mean / d gamma       = {isp.Gamma.grad!.item<float>():F3}");
Console.WriteLine($"d mean / d black level = {string.Join(", ", isp.BlackLevel.grad!.data<float>().Select(g => g.ToString("F3")))}");
