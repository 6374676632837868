namespace Lens2Logit.Threading;

/// <summary>Parts of a task that may run at once, when all of the phase before it are done.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Run">Runs the part of a number, counted from 0.</param>
internal readonly record struct Phase(int Count, Action<int> Run)
{
    /// <summary>One part.</summary>
    public static Phase Single(Action run) => new(1, _ => run());
}
