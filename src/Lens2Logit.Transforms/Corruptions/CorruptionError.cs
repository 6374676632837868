namespace Lens2Logit.Corruptions;

/// <summary>Summaries of a classifier's errors under corruptions, relative to a baseline classifier's.</summary>
/// <remarks>
/// Source: Hendrycks and Dietterich, ICLR 2019, section 4.2. Errors are shares in [0, 1], one list a corruption with one value a severity. A
/// result of 1 means: as bad as the baseline.
/// </remarks>
public static class CorruptionError
{
    /// <summary>Mean corruption error (mCE): the mean over corruptions of Σ error / Σ baseline error, sums over severities.</summary>
    /// <param name="errors">Errors of the classifier, by corruption.</param>
    /// <param name="baseline">Errors of the baseline, of the same corruptions and severities.</param>
    /// <exception cref="ArgumentException">
    /// The corruptions or severities differ, an error is outside [0, 1], or the baseline makes none under some corruption.
    /// </exception>
    public static double Mean(
        IReadOnlyDictionary<string, IReadOnlyList<double>> errors, IReadOnlyDictionary<string, IReadOnlyList<double>> baseline) =>
        Average(errors, 0, baseline, 0);

    /// <summary>
    /// Relative mCE: the same of what corruption adds to the errors on clean images, so that a classifier is not praised for being good on
    /// those. It can be negative.
    /// </summary>
    /// <param name="errors">Errors of the classifier, by corruption.</param>
    /// <param name="cleanError">Its error on clean images.</param>
    /// <param name="baseline">Errors of the baseline, of the same corruptions and severities.</param>
    /// <param name="baselineCleanError">The baseline's error on clean images.</param>
    /// <exception cref="ArgumentException">
    /// The corruptions or severities differ, an error is outside [0, 1], or some corruption does not hurt the baseline.
    /// </exception>
    public static double RelativeMean(
        IReadOnlyDictionary<string, IReadOnlyList<double>> errors, double cleanError,
        IReadOnlyDictionary<string, IReadOnlyList<double>> baseline, double baselineCleanError) =>
        Average(errors, cleanError, baseline, baselineCleanError);

    private static double Average(
        IReadOnlyDictionary<string, IReadOnlyList<double>> errors, double clean,
        IReadOnlyDictionary<string, IReadOnlyList<double>> baseline, double baselineClean)
    {
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentNullException.ThrowIfNull(baseline);
        if (errors.Count == 0 || errors.Count != baseline.Count
            || errors.Any(e => !baseline.TryGetValue(e.Key, out var b) || b.Count != e.Value.Count || b.Count == 0))
            throw new ArgumentException(
                $"Both need the same corruptions and severities; found {Describe(errors)} and, for the baseline, {Describe(baseline)}.", nameof(baseline));
        foreach (double error in errors.Values.Concat(baseline.Values).SelectMany(e => e).Append(clean).Append(baselineClean))
        {
            if (!(error >= 0 && error <= 1))
                throw new ArgumentException(FormattableString.Invariant($"An error is {error}; errors are shares in [0, 1]."), nameof(errors));
        }
        return errors.Average(e =>
        {
            double added = baseline[e.Key].Sum(b => b - baselineClean);
            return added > 0 ? e.Value.Sum(v => v - clean) / added
                : throw new ArgumentException($"{e.Key} adds no errors to the baseline's, so nothing can be relative to it.", nameof(baseline));
        });
    }

    private static string Describe(IReadOnlyDictionary<string, IReadOnlyList<double>> errors) =>
        errors.Count == 0 ? "none" : string.Join(", ", errors.Select(e => $"{e.Key} ({e.Value.Count})"));
}
