using Lens2Logit.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.Tests.Data;

public class LoadSyntheticSmearTests
{
    private readonly MLContext _ml = SmallData.Context();

    [Test]
    public void Columns_have_known_sizes_and_rows_are_what_the_generator_renders()
    {
        var data = _ml.Data.LoadSyntheticSmear(new() { Count = 7, Size = 40, Seed = 9 });
        Assert.That(((VectorDataViewType)data.Schema["Scene"].Type).Dimensions, Is.EqualTo(new[] { 3, 40, 40 }));
        var smear = new MLNet.Data.SyntheticSmear(new() { Count = 7, Size = 40, Seed = 9 });
        var expected = new float[3 * 40 * 40];
        smear.Render(6, expected);
        Assert.That(data.GetColumn<float[]>("Scene").Last(), Is.EqualTo(expected));
        Assert.That(data.GetColumn<string>("Name").Last(), Is.EqualTo("smear-9-000006"));
        Assert.That(data.GetColumn<string>("Label").Last(), Is.EqualTo(smear.Classes[smear.ClassOf(6)]));
    }

    [Test]
    public void A_trained_network_passes_90_percent_in_good_light()
    {
        var train = _ml.Data.Cache(_ml.Data.LoadSyntheticSmear(new() { Count = 1000, Seed = 1 }));
        var test = _ml.Data.LoadSyntheticSmear(new() { Count = 300, Seed = 2 });
        var model = SmallData.Camera(_ml).AppendCacheCheckpoint(_ml).Append(_ml.MulticlassClassification.Trainers.RawImageClassification(new()
        {
            Architecture = Architecture.SmallCnn,
            Epochs = 12,
            LearningRate = 3e-3,
            WarmupSteps = 30,
            FreezeStages = true,
            Seed = 1,
        })).Fit(train);
        Assert.That(_ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy, Is.GreaterThan(0.9));
    }
}
