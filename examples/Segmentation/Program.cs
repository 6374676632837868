using System.CommandLine;
using Lens2Logit.Examples;
using Lens2Logit.Networks;
using Segmentation;

var quick = new Option<bool>("--quick") { Description = "Fewer images and epochs: under a minute." };
var data = new Option<DirectoryInfo?>("--data") { Description = "Folder with images/ and masks/ of the same names, or with a labels.csv (path,mask,split: train, validation or test). Default: nuclei of the built-in blood smear." };
var output = new Option<DirectoryInfo>("--out") { Description = "Folder for pictures, table and model.", DefaultValueFactory = _ => new("out") };
var size = new Option<int>("--size") { Description = "Height and width of the images; those of a folder are cut into tiles of it.", DefaultValueFactory = _ => 64 };
var architecture = new Option<string>("--architecture") { Description = $"The network: {string.Join(", ", SegmentationNetworkRegistry.Names)}.", DefaultValueFactory = _ => SegmentationArchitecture.SmallUnet };
var epochs = new Option<int>("--epochs") { Description = "How often every image is seen. Default: 15, or 8 with --quick." };
var checkpoint = new Option<FileInfo?>("--checkpoint") { Description = "File to which the training is saved after every epoch, and from which it goes on." };
var bfloat16 = new Option<bool>("--bfloat16") { Description = "Let the network compute in bfloat16, channels last: faster, a little less exact." };
var weights = new Option<FileInfo?>("--encoder-weights") { Description = "File of torchvision's ResNet weights (safetensors) for the encoder of a U-Net++ to start from." };
architecture.AcceptOnlyFromAmong([.. SegmentationNetworkRegistry.Names]);
size.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() is < 32 or > 1024 || result.GetValueOrDefault<int>() % 32 != 0)
        result.AddError($"--size is {result.GetValueOrDefault<int>()}; expected a multiple of 32 from 32 to 1024.");
});

var command = new RootCommand("Photographs images with a simulated camera, and learns to find nuclei in them together with the camera's ISP.")
{
    quick, data, output, size, architecture, epochs, checkpoint, bfloat16, weights,
};
command.SetAction((arguments, cancellation) => Task.FromResult(ExampleRun.Of(() => Application.Run(new()
{
    Quick = arguments.GetValue(quick),
    Data = arguments.GetValue(data)?.FullName,
    Out = arguments.GetValue(output)!.FullName,
    Size = arguments.GetValue(size),
    Architecture = arguments.GetValue(architecture)!,
    Epochs = arguments.GetValue(epochs) is > 0 and var n ? n : arguments.GetValue(quick) ? 8 : 15,
    Checkpoint = arguments.GetValue(checkpoint)?.FullName,
    BFloat16 = arguments.GetValue(bfloat16),
    EncoderWeights = arguments.GetValue(weights)?.FullName,
}, cancellation))));
return await command.Parse(args).InvokeAsync();
