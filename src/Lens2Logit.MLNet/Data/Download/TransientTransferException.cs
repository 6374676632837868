namespace Lens2Logit.MLNet.Data.Download;

/// <summary>A transfer failed in a way that may pass: it is worth another attempt.</summary>
internal sealed class TransientTransferException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>How long the server asks to wait; null if it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
