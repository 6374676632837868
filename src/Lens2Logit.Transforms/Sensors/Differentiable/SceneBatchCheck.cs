using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Sensors.Differentiable;

/// <summary>What the values of a batch of scenes must be before they are measured; as <see cref="SceneCheck"/>, for tensors.</summary>
internal static class SceneBatchCheck
{
    /// <exception cref="ArgumentException">A value is negative, infinite or NaN; the message says where.</exception>
    public static void ThrowIfInvalid(Tensor scenes)
    {
        using var scope = NewDisposeScope();
        var values = scenes.detach();

        // Both are NaN as soon as one value is.
        if (values.min().ToDouble() >= 0 && double.IsFinite(values.max().ToDouble()))
        {
            return;
        }

        var at = (values >= 0).logical_and(values.isfinite()).logical_not().nonzero()[0].cpu().data<long>().ToArray();
        var found = values[at[0], at[1], at[2], at[3]].ToDouble();
        throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"The scene is {found} at image {at[0]} of the batch, channel {at[1]}, row {at[2]}, column {at[3]}; ")
            + "expected a finite value of at least 0.", nameof(scenes));
    }
}
