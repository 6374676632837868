using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

// Loads a model and a binary data view, and prints the scores of every row.
var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
var scored = model.Transform(ml.Data.LoadFromBinary(args[1]));
foreach (var score in scored.GetColumn<float[]>("Score"))
    Console.WriteLine(string.Join(' ', score.Select(s => s.ToString("R", CultureInfo.InvariantCulture))));
