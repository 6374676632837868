using System.Globalization;

namespace Lens2Logit.Plots;

/// <summary>The checks that the data of every figure passes.</summary>
internal static class PlotData
{
    /// <summary>The error of a property, named as a parameter is.</summary>
    public static ArgumentException Invalid(string property, string message) => new(message, property);

    public static void RequireAny(int count, string owner, string thing, string parameter)
    {
        if (count == 0)
            throw new ArgumentException($"{owner} has no {thing}; a figure needs at least one.", parameter);
    }

    public static void RequireCount(int found, int expected, string owner, string parameter)
    {
        if (found != expected)
            throw new ArgumentException($"{owner} has {found} values; expected {expected}.", parameter);
    }

    /// <summary>Finite, and above 0 where the axis is logarithmic.</summary>
    public static void Require(double value, bool logarithmic, string what, string parameter)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{what} is {value}; expected a finite number."), parameter);
        if (logarithmic && value <= 0)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{what} is {value}; a logarithmic axis shows only values above 0. Leave the point out, or make the axis linear."), parameter);
        }
    }

    public static void Require(IReadOnlyList<double> values, bool logarithmic, string what, string parameter)
    {
        for (int i = 0; i < values.Count; i++)
            Require(values[i], logarithmic, $"{what}[{i}]", parameter);
    }

    public static void RequireSpread(IReadOnlyList<double> spread, int expected, string owner, string parameter)
    {
        RequireCount(spread.Count, expected, $"The spread of {owner}", parameter);
        Require(spread, logarithmic: false, $"The spread of {owner}", parameter);
        for (int i = 0; i < spread.Count; i++)
        {
            if (spread[i] < 0)
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The spread of {owner}[{i}] is {spread[i]}; expected 0 or more."), parameter);
        }
    }
}
