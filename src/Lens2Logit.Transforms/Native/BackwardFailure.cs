namespace Lens2Logit.Native;

/// <summary>
/// Keeps what went wrong in a backward pass until the next forward pass: an exception that leaves a custom function's backward through
/// libtorch ends the process.
/// </summary>
/// <param name="subject">Whose backward pass it is, for the message.</param>
internal sealed class BackwardFailure(string subject)
{
    private Exception? _exception;

    public void Keep(Exception exception) => Interlocked.Exchange(ref _exception, exception);

    /// <exception cref="InvalidOperationException">A backward pass failed since the last call.</exception>
    public void ThrowIfAny()
    {
        if (Interlocked.Exchange(ref _exception, null) is { } exception)
            throw new InvalidOperationException($"The last backward pass of {subject} failed, and its gradients are missing: {exception.Message}", exception);
    }
}
