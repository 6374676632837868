namespace Lens2Logit.MLNet;

/// <summary>Names in a message where there may be very many.</summary>
internal static class ShortList
{
    /// <summary>The first names, and a sign where there are more.</summary>
    public static string Of(IReadOnlyCollection<string> names, int most = 20, string separator = "; ") =>
        string.Join(separator, names.Take(most)) + (names.Count > most ? separator + "…" : "");
}
