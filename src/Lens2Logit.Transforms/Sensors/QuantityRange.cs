namespace Lens2Logit.Sensors;

/// <summary>The one wording for a physical quantity outside its range: which, how much, in what unit, and what is allowed.</summary>
internal static class QuantityRange
{
    /// <summary>Throws unless <paramref name="value"/> lies in [<paramref name="low"/>, <paramref name="high"/>]; NaN never does.</summary>
    /// <param name="name">The property as the user wrote it.</param>
    /// <param name="value">Its value.</param>
    /// <param name="low">Smallest allowed value.</param>
    /// <param name="high">Largest allowed value.</param>
    /// <param name="unit">Unit as printed, empty for a pure number.</param>
    public static void Check(string name, float value, float low, float high, string unit)
    {
        // Written so that NaN fails.
        if (!(value >= low && value <= high))
        {
            var printed = unit.Length == 0 ? unit : " " + unit;
            throw new ArgumentOutOfRangeException(
                name, value, FormattableString.Invariant($"{name} is {value}{printed}; the allowed range is {low} to {high}{printed}."));
        }
    }
}
