using static TorchSharp.torch;

namespace Lens2Logit.Native;

/// <summary>What the backward passes of all custom functions have in common. Their last argument is a state, which has no gradient.</summary>
internal static class CustomBackward
{
    /// <param name="context">With the tensors that the forward pass has saved.</param>
    /// <param name="given">The gradient of the result.</param>
    /// <param name="inputs">Arguments before the state.</param>
    /// <param name="failure">Keeps what goes wrong.</param>
    /// <param name="handed">Keeps what is returned.</param>
    /// <param name="gradients">Computes the gradients of the inputs from the saved tensors.</param>
    /// <returns>The gradients of all arguments.</returns>
    public static List<Tensor> Run(
        autograd.AutogradContext context, Tensor given, int inputs, BackwardFailure failure, HandedGradients handed, Func<List<Tensor>, Tensor?[]> gradients)
    {
        try
        {
            using var scope = NewDisposeScope();
            var found = gradients(context.get_saved_variables());
            foreach (var gradient in found)
                gradient?.MoveToOuterDisposeScope();
            handed.Keep(found);
            return [.. found.Append(null).Cast<Tensor>()];
        }
        catch (Exception e)
        {
            failure.Keep(e);
            return [.. new Tensor[inputs + 1]];
        }
        finally
        {
            // Not at the end of the step, when the caller's scope would; and a GPU's gradients are computed by a thread of libtorch's, which has none.
            given.Dispose();
        }
    }
}
