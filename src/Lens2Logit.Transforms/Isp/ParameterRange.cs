namespace Lens2Logit.Isp;

/// <summary>The values that a parameter may take, ends included.</summary>
/// <param name="Minimum">The smallest.</param>
/// <param name="Maximum">The largest.</param>
public readonly record struct ParameterRange(double Minimum, double Maximum)
{
    /// <exception cref="ArgumentException">The ends are not finite or out of order.</exception>
    internal void Validate(string name)
    {
        if (!double.IsFinite(Minimum) || !double.IsFinite(Maximum) || Minimum > Maximum)
            throw new ArgumentException(FormattableString.Invariant($"The range of {name} is {Minimum} to {Maximum}; expected finite ends in this order."), name);
    }
}
