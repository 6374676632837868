using System.Buffers;
using Lens2Logit.Simd;

namespace Lens2Logit.Isp.Fused.Parametrized;

/// <summary>
/// Develops a band of rows: the linear half, then for each row
/// <code>
///   R, G, B + (Y″ − Y) ──→ clip ──→ v^(1/γ) ──→ + additive layer ──→ (v − mean)·scale ──→ view
///                                                             └──→ moments, for batch statistics
/// </code>
/// A row's arithmetic does not depend on the band.
/// </summary>
internal static unsafe class ForwardPass<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    /// <summary>Develops the rows from <paramref name="begin"/> up to <paramref name="end"/>; false if a pixel is not finite.</summary>
    public static bool Run(ParametrizedPlan plan, float* raw, int begin, int end, ViewOptions options, float* view, Span<Moments> moments)
    {
        int stride = RowRing.Stride(plan.Width), slots = RingSizes.Forward.Slots;
        var buffer = ArrayPool<float>.Shared.Rent(slots * stride + SimdLimits.MaximumLanes);
        float* sums = stackalloc float[6 * SimdLimits.MaximumLanes];
        try
        {
            fixed (float* start = buffer, numbers = plan.Numbers)
            {
                var memory = RowMemory.Cleared(start, slots, stride);
                var linear = new LinearRows<TVector>(plan, numbers, raw, begin, RingSizes.Forward, ref memory);
                nint plane = (nint)plan.Height * plan.Width;
                for (int row = begin; row < end; row++)
                {
                    float* change = linear.Change(row);
                    if (!linear.IsFinite)
                        return false;
                    float* target = view + (nint)row * plan.Width;
                    Write(plan, numbers, change, linear.Color(row), new(target, target + plane, target + 2 * plane));
                    if (moments.Length > 0 && row == begin)
                    {
                        for (int channel = 0; channel < 3; channel++)
                            moments[channel] = new(target[channel * plane]);
                    }
                    Finish(plan.Width, options, (nint)row * plan.Width, plane, target, moments, sums);
                    if (moments.Length > 0 && (row == end - 1 || GradientSums.IsTimeToEmpty(row - begin, plan.Width)))
                        Empty(sums, moments);
                }
                foreach (ref var part in moments)
                    part.Count = (long)(end - begin) * plan.Width;
                return true;
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private static void Write(ParametrizedPlan plan, float* numbers, float* change, ColorRow color, OutputRow target)
    {
        const int lanes = SimdLimits.MaximumLanes;
        float* gamma = numbers + ParametrizedPlan.Curve;
        int whole = plan.Width & -TVector.Lanes, rest = plan.Width - whole;
        OutputRows<TVector>.Change<CachedStore<TVector>>(change, color, gamma, plan.Floor, whole, target);
        if (rest == 0)
            return;
        // Kernels write whole vectors, and nothing may be written beyond the row.
        float* buffer = stackalloc float[3 * lanes];
        ColorRow last = new(color.Red + whole, color.Green + whole, color.Blue + whole, color.Luma + whole);
        OutputRows<TVector>.Change<CachedStore<TVector>>(change + whole, last, gamma, plan.Floor, rest, new(buffer, buffer + lanes, buffer + 2 * lanes));
        new Span<float>(buffer, rest).CopyTo(new(target.Red + whole, rest));
        new Span<float>(buffer + lanes, rest).CopyTo(new(target.Green + whole, rest));
        new Span<float>(buffer + 2 * lanes, rest).CopyTo(new(target.Blue + whole, rest));
    }

    private static void Finish(int width, ViewOptions options, nint offset, nint plane, float* target, ReadOnlySpan<Moments> moments, float* sums)
    {
        for (int channel = 0; channel < 3; channel++, target += plane)
        {
            if (options.Additive != null)
                ViewRows<TVector>.Add(target, options.Additive + channel * plane + offset, width);
            if (options.Normalization is { } normalization)
                ViewRows<TVector>.Affine(target, null, normalization.Scale[channel], -normalization.Scale[channel] * normalization.Mean[channel], 0, width, target);
            if (moments.Length > 0)
                ViewRows<TVector>.AddMoments(target, width, moments[channel].Pivot, sums + 2 * channel * SimdLimits.MaximumLanes);
        }
    }

    private static void Empty(float* sums, Span<Moments> moments)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            for (int lane = 0; lane < SimdLimits.MaximumLanes; lane++)
            {
                moments[channel].Sum += sums[2 * channel * SimdLimits.MaximumLanes + lane];
                moments[channel].SumOfSquares += sums[(2 * channel + 1) * SimdLimits.MaximumLanes + lane];
            }
        }
        new Span<float>(sums, 6 * SimdLimits.MaximumLanes).Clear();
    }
}

/// <summary>What follows gamma.</summary>
/// <param name="additive">The additive layer [3, H, W], or null.</param>
/// <param name="normalization">Known statistics, or null.</param>
internal readonly unsafe struct ViewOptions(float* additive, Normalization? normalization)
{
    public readonly float* Additive = additive;
    public readonly Normalization? Normalization = normalization;
}
