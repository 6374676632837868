using System.Collections;

namespace Lens2Logit.Sensors;

/// <summary>
/// An immutable list of names that compares by content and prints its elements: a record that holds a plain list does neither.
/// </summary>
internal sealed class FieldNames(IEnumerable<string> names) : IReadOnlyList<string>, IEquatable<FieldNames>
{
    private readonly string[] _names = [.. names];

    public static FieldNames None { get; } = new([]);

    public int Count => _names.Length;

    public string this[int index] => _names[index];

    public bool Equals(FieldNames? other) => other is not null && _names.AsSpan().SequenceEqual(other._names);

    public override bool Equals(object? obj) => Equals(obj as FieldNames);

    public override int GetHashCode() => _names.Aggregate(_names.Length, HashCode.Combine);

    public override string ToString() => $"[{string.Join(", ", _names)}]";

    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
