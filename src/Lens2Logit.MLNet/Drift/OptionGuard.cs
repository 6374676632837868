namespace Lens2Logit.MLNet.Drift;

/// <summary>The one wording for an option out of range.</summary>
internal static class OptionGuard
{
    public static void Require(bool valid, string name, object value, string expected)
    {
        if (!valid)
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} is {value}; expected {expected}."));
    }

    public static void AtLeast(int value, int minimum, string name) => Require(value >= minimum, name, value, $"at least {minimum}");
}
