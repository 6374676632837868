using static TorchSharp.torch;

namespace Lens2Logit.Native;

/// <summary>Gradients that have gradients themselves: what a custom function whose backward pass has none falls back to.</summary>
internal static class RecordedGradients
{
    /// <summary>The gradients of a result that torch has recorded; null for inputs that want none.</summary>
    public static Tensor?[] Of(Tensor result, IEnumerable<Tensor?> inputs, Tensor given)
    {
        var wanted = inputs.OfType<Tensor>().Where(t => t.requires_grad).ToList();
        var found = new Queue<Tensor>(autograd.grad([result], wanted, [given], retain_graph: true, create_graph: true));
        return [.. inputs.Select(t => t is { requires_grad: true } ? found.Dequeue() : null)];
    }
}
