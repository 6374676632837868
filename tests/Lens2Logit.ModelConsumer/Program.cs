using System.Globalization;
using Lens2Logit.Native;
using Microsoft.ML;
using Microsoft.ML.Data;

// Without arguments: loads libtorch and prints how. With "download", a server and a folder: downloads a data set and prints where it is. Otherwise loads a model and a binary data view, and prints a vector column (by
// default the scores) of every row.
if (args.Length == 0)
{
    TorchNative.EnsureLoaded();
    Console.WriteLine(TorchNative.Status);
    return;
}
var ml = new MLContext();
if (args[0] == "download")
{
    Console.WriteLine(ml.Data.DownloadRawMicroscopy(new() { Server = new(args[1]), Folder = args[2] }));
    return;
}
var model = ml.Model.Load(args[0], out _);
var output = model.Transform(ml.Data.LoadFromBinary(args[1]));
foreach (var vector in output.GetColumn<float[]>(args.Length > 2 ? args[2] : "Score"))
    Console.WriteLine(string.Join(' ', vector.Select(v => v.ToString("R", CultureInfo.InvariantCulture))));
