namespace Lens2Logit.Sensors;

/// <summary>The sRGB transfer functions of IEC 61966-2-1, between encoded values (files, screens) and linear light.</summary>
/// <remarks>
/// Both are for [0, 1] and monotone; beyond it they continue, below 0 along the linear part and above 1 along the power.
/// NaN stays NaN. Thread safe.
/// </remarks>
public static class SrgbTransfer
{
    private static readonly float[] BytesDecoded = [.. Enumerable.Range(0, 256).Select(value => (float)DecodeExactly(value / 255.0))];

    /// <summary>Encoded value to linear light: v/12.92 up to 0.04045, ((v + 0.055)/1.055)^2.4 above.</summary>
    /// <param name="encoded">sRGB value, [0, 1].</param>
    /// <returns>Linear light, [0, 1].</returns>
    public static float Decode(float encoded) => (float)DecodeExactly(encoded);

    /// <summary>Encoded byte to linear light, by a table of the 256 values of <see cref="Decode(float)"/>.</summary>
    /// <param name="encoded">sRGB value, 0 to 255.</param>
    /// <returns>Linear light, [0, 1].</returns>
    public static float Decode(byte encoded) => BytesDecoded[encoded];

    /// <summary>Linear light to encoded value: 12.92·v up to 0.0031308, 1.055·v^(1/2.4) − 0.055 above.</summary>
    /// <param name="linear">Linear light, [0, 1].</param>
    /// <returns>sRGB value, [0, 1].</returns>
    public static float Encode(float linear) =>
        linear <= 0.0031308f ? 12.92f * linear : (float)((1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055);

    private static double DecodeExactly(double encoded) => encoded <= 0.04045 ? encoded / 12.92 : Math.Pow((encoded + 0.055) / 1.055, 2.4);
}
