using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Training.Loop;
using Lens2Logit.MLNet.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Evaluation;

/// <summary>How well predicted masks cover the true ones. All values are in [0, 1]; pixels are counted over the whole set unless said otherwise.</summary>
public sealed record SegmentationMetrics
{
    /// <summary>Pixels of both masks together / pixels of either: 1 if all masks agree, also if all are empty. The paper's metric.</summary>
    public required double IntersectionOverUnion { get; init; }

    /// <summary>Mean of the images' own intersection over union; an image whose two masks are empty counts 1.</summary>
    public required double MeanIntersectionOverUnion { get; init; }

    /// <summary>Dice coefficient, the F1 of the pixels: 2·intersection / (predicted + true).</summary>
    public required double Dice { get; init; }

    /// <summary>Share of the predicted pixels that are true; NaN if none is predicted.</summary>
    public required double Precision { get; init; }

    /// <summary>Share of the true pixels that are predicted; NaN if there is none.</summary>
    public required double Recall { get; init; }

    /// <summary>Share of all pixels on the right side. Large even for an empty prediction where objects are small.</summary>
    public required double PixelAccuracy { get; init; }

    /// <summary>Number of images.</summary>
    public required int Images { get; init; }

    internal static SegmentationMetrics Measure(IDataView data, string maskColumn, string scoreColumn, double threshold, IChannel channel)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!(threshold is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "Expected a probability between 0 and 1.");
        var score = data.Schema.Require(scoreColumn, "score");
        var shape = ImageShape.Require(score, "score", 2, "Vector<Single>[H, W]");
        var mask = data.Schema.Require(maskColumn, "mask");
        var reader = new MaskColumn(maskColumn, shape[0], shape[1]);
        reader.RequireType(mask);

        using var cursor = data.GetRowCursor([score, mask]);
        var getScore = cursor.GetGetter<VBuffer<float>>(score);
        var readMask = reader.Reader(cursor, mask);
        var scores = new float[shape[0] * shape[1]];
        VBuffer<float> vector = default;
        Counts all = default;
        double sumOfRatios = 0;
        int images = 0, unmasked = 0;
        while (cursor.MoveNext())
        {
            if (readMask() is not { } truth)
            {
                unmasked++;
                continue;
            }
            getScore(ref vector);
            var counts = Counts.Of(ImageShape.Dense(in vector, scores, scoreColumn, cursor.Position), truth, threshold);
            all += counts;
            sumOfRatios += counts.Ratio;
            images++;
        }
        if (unmasked > 0)
            channel.Warning($"{unmasked} row(s) have no mask in column '{maskColumn}' and are left out.");
        if (images == 0)
            throw new InvalidDataException($"There is no row with a mask in column '{maskColumn}'.");
        return new()
        {
            IntersectionOverUnion = all.Ratio,
            MeanIntersectionOverUnion = sumOfRatios / images,
            Dice = 2 * all.Ratio / (1 + all.Ratio),
            Precision = (double)all.Both / all.Predicted,
            Recall = (double)all.Both / all.True,
            PixelAccuracy = 1 - (double)(all.Predicted + all.True - 2 * all.Both) / ((long)images * scores.Length),
            Images = images,
        };
    }

    /// <summary>Pixels in both masks, in the predicted one, and in the true one.</summary>
    private readonly record struct Counts(long Both, long Predicted, long True)
    {
        public double Ratio => global::Lens2Logit.Losses.IntersectionOverUnion.Ratio(Both, Predicted + True - Both);

        public static Counts Of(ReadOnlySpan<float> scores, float[] truth, double threshold)
        {
            long both = 0, predicted = 0, real = 0;
            for (int i = 0; i < truth.Length; i++)
            {
                bool isPredicted = scores[i] > threshold, isTrue = truth[i] == 1;
                predicted += isPredicted ? 1 : 0;
                real += isTrue ? 1 : 0;
                both += isPredicted && isTrue ? 1 : 0;
            }
            return new(both, predicted, real);
        }

        public static Counts operator +(Counts a, Counts b) => new(a.Both + b.Both, a.Predicted + b.Predicted, a.True + b.True);
    }
}
