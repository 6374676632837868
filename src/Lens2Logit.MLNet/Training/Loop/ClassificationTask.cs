using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>Cross entropy of logits [N, classes] with class indices [N], and accuracy.</summary>
/// <param name="classWeights">Weight of each class in the loss, [classes]; null for equal weights.</param>
internal sealed class ClassificationTask(Tensor? classWeights) : TrainingTask
{
    public override string MetricName => TrainingProgress.AccuracyName;

    public override string Description
    {
        get
        {
            if (classWeights is null)
                return "cross entropy";
            using var weights = classWeights.cpu();
            return $"cross entropy weighted {string.Join(", ", weights.data<float>().ToArray().Select(weight => weight.ToString(CultureInfo.InvariantCulture)))}";
        }
    }

    public override Tensor Loss(Tensor output, Tensor target) => nn.functional.cross_entropy(output, target.to(ScalarType.Int64), classWeights);

    public override IMetric NewMetric() => new Accuracy();

    private sealed class Accuracy : IMetric
    {
        private long _right, _rows;

        public double Value => (double)_right / _rows;

        public void Add(Tensor output, Tensor target)
        {
            _right += output.argmax(1).eq(target.to(ScalarType.Int64)).sum().ToInt64();
            _rows += target.shape[0];
        }
    }
}
