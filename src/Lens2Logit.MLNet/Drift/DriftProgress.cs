namespace Lens2Logit.MLNet.Drift;

/// <summary>Where a long run stands.</summary>
/// <param name="Done">Parts of the work that are finished; a share of the current one counts.</param>
/// <param name="Total">All parts of the work.</param>
/// <param name="Message">What is being done, or what has just come out.</param>
public sealed record DriftProgress(double Done, double Total, string Message);
