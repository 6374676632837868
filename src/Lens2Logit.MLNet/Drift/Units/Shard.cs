using System.Globalization;

namespace Lens2Logit.MLNet.Drift.Units;

/// <summary>A part of the units of work: every <paramref name="Count"/>-th, beginning with the <paramref name="Index"/>-th.</summary>
/// <param name="Index">Which part, 1 to <paramref name="Count"/>.</param>
/// <param name="Count">Number of parts, at least 1.</param>
public readonly record struct Shard(int Index, int Count)
{
    /// <summary>All units.</summary>
    public static Shard All { get; } = new(1, 1);

    /// <summary>Reads <c>i/n</c>.</summary>
    /// <param name="text">For example <c>2/3</c>.</param>
    /// <exception cref="ArgumentException">It is not of that form, or i is not 1 to n.</exception>
    public static Shard Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('/');
        if (parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int index) && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int count) && index >= 1 && index <= count)
            return new(index, count);
        throw new ArgumentException($"'{text}' is no shard; expected i/n with i from 1 to n, such as 2/3.", nameof(text));
    }

    /// <summary>For example <c>2/3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    internal bool Holds(int unit) => unit % Count == Index - 1;
}
