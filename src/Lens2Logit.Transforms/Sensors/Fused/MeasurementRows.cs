using System.Numerics;
using System.Runtime.CompilerServices;
using Lens2Logit.Simd;

namespace Lens2Logit.Sensors.Fused;

/// <summary>
/// Measures an image in pieces of a row that stay in the nearest cache, in single precision that knows its errors:
/// <code>
///   place ── Philox ─┬─ u ── Φ⁻¹ ── w ─┐
///                    │                 ├─ Poisson ── full well ── ·K ─┐
///   scene ── ·white ─│─ ·PRNU + dark ──┘  (margin)                    ├─ round, clip ── raw
///                    └─ u′ ─ Φ⁻¹ ─ ·σ0 + DSNU + row noise ──── ·K ────┘  (margin)
/// </code>
/// A count is right if the continuous quantile is further from a whole number than its error, and so is a digital number. The few pixels
/// of which that cannot be said, about one in two thousand, and those in the far tails, are measured again by <see cref="PlainMeasurement"/>.
/// So the result has the bits of double precision, whatever the width of the vectors and the processor.
/// </summary>
internal static unsafe class MeasurementRows<TVector>
    where TVector : unmanaged, ISimdWords<TVector>
{
    // Random numbers are made two vectors at a time. Seven buffers take 8 kB.
    private const int LongestPiece = 256, BufferLength = LongestPiece + (2 * SimdLimits.MaximumLanes);

    /// <summary>Measures all rows.</summary>
    /// <returns>How many pixels were measured plainly.</returns>
    public static int Measure(in MeasurementFrame frame)
    {
        if (frame.Width < TVector.Lanes)
        {
            PlainMeasurement.Measure(in frame);
            return frame.Height * frame.Width;
        }

        var philox = new PhiloxLanes<TVector>(frame.CameraKey, frame.FrameKey, frame.RowKey);
        float* memory = stackalloc float[(7 * BufferLength) + SimdLimits.MaximumLanes];
        float* buffers = SimdLimits.Align(memory);
        float* chargeWords = buffers, readWords = buffers + BufferLength, normal = buffers + (2 * BufferLength);
        float* rate = buffers + (3 * BufferLength), charge = buffers + (4 * BufferLength);
        float* chargeMargin = buffers + (5 * BufferLength), readMargin = buffers + (6 * BufferLength);
        var pieces = (frame.Width + LongestPiece - 1) / LongestPiece;
        var plain = 0;
        for (var row = 0; row < frame.Height; row++)
        {
            var rowNoise = frame.RowNoise(row);
            for (var piece = 0; piece < pieces; piece++)
            {
                // Of nearly equal lengths, so that each holds a vector, and from an even column on.
                int begin = (int)((long)frame.Width * piece / pieces) & ~1;
                int end = piece == pieces - 1 ? frame.Width : (int)((long)frame.Width * (piece + 1) / pieces) & ~1;
                int count = end - begin;
                philox.Fill(PixelNoise.Place(row, begin, frame.Width), count, chargeWords, readWords);
                NormalLanes.Fill<TVector>(chargeWords, count, normal, chargeMargin);
                Expose(in frame, row, begin, count, rate);
                PoissonLanes.Fill<TVector>(rate, chargeWords, normal, count, charge, chargeMargin);
                NormalLanes.Fill<TVector>(readWords, count, normal, readMargin);
                plain += Read(in frame, row, begin, count, rowNoise, charge, chargeMargin, normal, readMargin);
            }
        }

        return plain;
    }

    /// <summary>Mean charges of pixels in e⁻.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Expose(in MeasurementFrame frame, int row, int begin, int count, float* rate)
    {
        TVector most = TVector.Broadcast(MeasurementFrame.MostElectrons), saturating = TVector.Broadcast(frame.SaturatingRate);
        var dark = TVector.Broadcast(frame.Charge.Dark);
        var site = ((nint)row * frame.Pattern.Width) + begin;
        fixed (float* gains = frame.Pattern.Gain, factors = frame.Pattern.DarkFactor)
        {
            var gain = gains + site;
            var factor = factors == null ? null : factors + site;
            if (frame.Sensor.Cfa == CfaPattern.Monochrome)
            {
                TVector redWhite = TVector.Broadcast(frame.Charge.AtWhite(0)), greenWhite = TVector.Broadcast(frame.Charge.AtWhite(1));
                TVector blueWhite = TVector.Broadcast(frame.Charge.AtWhite(2)), three = TVector.Broadcast(3);
                float* reds = frame.SceneRow(0, row) + begin, greens = frame.SceneRow(1, row) + begin, blues = frame.SceneRow(2, row) + begin;
                for (var x = 0; x < count; x += TVector.Lanes)
                {
                    x = Math.Min(x, count - TVector.Lanes);
                    var red = TVector.Min(TVector.Load(reds + x) * redWhite, most);
                    var green = TVector.Min(TVector.Load(greens + x) * greenWhite, most);
                    var blue = TVector.Min(TVector.Load(blues + x) * blueWhite, most);
                    Collect(red + (((green - red) + (blue - red)) / three), x);
                }
            }
            else
            {
                int evenChannel = frame.Sensor.Cfa.ChannelAt(row, 0), oddChannel = frame.Sensor.Cfa.ChannelAt(row, 1);
                float* evens = frame.SceneRow(evenChannel, row) + begin, odds = frame.SceneRow(oddChannel, row) + begin;
                TVector evenWhite = TVector.Broadcast(frame.Charge.AtWhite(evenChannel)), oddWhite = TVector.Broadcast(frame.Charge.AtWhite(oddChannel));
                uint* isEven = stackalloc uint[SimdLimits.MaximumLanes + 1];
                for (var lane = 0; lane <= SimdLimits.MaximumLanes; lane++)
                {
                    isEven[lane] = (lane & 1) == 0 ? uint.MaxValue : 0;
                }

                for (var x = 0; x < count; x += TVector.Lanes)
                {
                    x = Math.Min(x, count - TVector.Lanes);
                    var mask = TVector.Load((float*)isEven + (x & 1));
                    var light = TVector.Select(mask, TVector.Load(evens + x), TVector.Load(odds + x)) * TVector.Select(mask, evenWhite, oddWhite);
                    Collect(TVector.Min(light, most), x);
                }
            }

            // The last vector of a piece overlaps the one before.
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            void Collect(TVector light, int x)
            {
                var current = factor == null ? dark : dark * TVector.Load(factor + x);
                TVector.Min(TVector.FusedMultiplyAdd(light, TVector.Load(gain + x), current), saturating).Store(rate + x);
            }
        }
    }

    /// <summary>From charges and read noise to raw.</summary>
    /// <returns>How many pixels were measured plainly.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Read(in MeasurementFrame frame, int row, int begin, int count, double rowNoise,
        float* charge, float* chargeMargin, float* normal, float* readMargin)
    {
        var sensor = frame.Sensor;
        var allLanes = uint.MaxValue >> (32 - TVector.Lanes);
        TVector fullWell = TVector.Broadcast(sensor.FullWellElectrons), gain = TVector.Broadcast(sensor.SystemGain);
        TVector readNoise = TVector.Broadcast(sensor.ReadNoiseElectrons), shared = TVector.Broadcast((float)rowNoise);
        TVector zero = TVector.Broadcast(0), half = TVector.Broadcast(0.5f), maximum = TVector.Broadcast(sensor.MaximumDn);
        var wholeBlack = MathF.Round(sensor.BlackLevelDn);
        TVector black = TVector.Broadcast(wholeBlack), blackFraction = TVector.Broadcast(sensor.BlackLevelDn - wholeBlack);

        // Errors in DN: of the normal number and of the row noise, of sums with the offsets, and of what is near 1.
        var slack = TVector.Broadcast(
            (sensor.SystemGain * ((sensor.ReadNoiseElectrons * 2 * NormalLanes.Error) + (float)(Math.Abs(rowNoise) * 2e-7))) + 5e-7f);
        var slackPerOffset = TVector.Broadcast(sensor.SystemGain * 5e-7f);
        var plain = 0;
        fixed (float* offsets = frame.Pattern.OffsetElectrons)
        {
            float* offset = offsets + ((nint)row * frame.Pattern.Width) + begin, raw = frame.RawRow(row) + begin;
            for (var x = 0; x < count; x += TVector.Lanes)
            {
                // The last vector of a piece overlaps the one before.
                x = Math.Min(x, count - TVector.Lanes);

                // A product in two numbers that hold all of its digits, and its whole part apart from what is rounded.
                var charges = TVector.Min(TVector.Load(charge + x), fullWell);
                var product = charges * gain;
                var remainder = TVector.FusedMultiplyAdd(charges, gain, zero - product);
                var whole = TVector.Round(product);
                var fixedNoise = TVector.Load(offset + x) + shared;
                var noise = TVector.MultiplyAdd(TVector.MultiplyAdd(TVector.Load(normal + x), readNoise, fixedNoise), gain, blackFraction);
                var rest = (product - whole) + (remainder + noise);
                var rounded = TVector.Round(rest);
                var doubt = TVector.MultiplyAdd(TVector.Abs(fixedNoise), slackPerOffset, slack);
                var margin = half - TVector.Abs(rest - rounded) - doubt;
                margin = TVector.Min(margin, TVector.Min(TVector.Load(chargeMargin + x), TVector.Load(readMargin + x)));

                var number = TVector.Min(TVector.Max(whole + (rounded + black), zero), maximum);
                (number / maximum).Store(raw + x);
                var undecided = TVector.MaskBits(TVector.GreaterOrEqual(margin, zero)) ^ allLanes;
                for (; undecided != 0; undecided &= undecided - 1, plain++)
                {
                    var lane = x + BitOperations.TrailingZeroCount(undecided);
                    raw[lane] = PlainMeasurement.Pixel(in frame, row, begin + lane, rowNoise);
                }
            }
        }

        return plain;
    }
}
