using Lens2Logit.Simd;

namespace Lens2Logit.Sensors.Fused;

/// <summary>
/// <see cref="PlainMeasurement"/> with vectors: the same bits for every width. <see cref="MeasurementRows{TVector}"/> says how.
/// </summary>
internal static class FusedMeasurement
{
    /// <summary>Measures an image.</summary>
    /// <param name="frame">The image.</param>
    /// <param name="simd">Width of the vectors.</param>
    /// <returns>How many pixels vectors could not decide.</returns>
    public static int Measure(in MeasurementFrame frame, SimdWidth simd) => simd switch
    {
        SimdWidth.Bits512 => MeasurementRows<Simd512>.Measure(in frame),
        SimdWidth.Bits256 => MeasurementRows<Simd256>.Measure(in frame),
        _ => MeasurementRows<Simd128>.Measure(in frame),
    };
}
