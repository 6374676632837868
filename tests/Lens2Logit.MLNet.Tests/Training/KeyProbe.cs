using System.Runtime.CompilerServices;
using Lens2Logit.Stages;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Training;

/// <summary>A stage that changes nothing and remembers which row keys it was given.</summary>
internal sealed class KeyProbe() : DifferentiableStage("test-key-probe")
{
    public static List<ulong[]> Seen { get; } = [];

    public override string OptionsToJson() => "{}";

    public override int[] OutputShape(ReadOnlySpan<int> inputShape) => inputShape.ToArray();

    public override Tensor forward(Tensor input) => input.alias();

    public override Tensor forward(Tensor input, ReadOnlySpan<ulong> rowKeys)
    {
        Seen.Add(rowKeys.ToArray());
        return forward(input);
    }

#pragma warning disable CA2255
    [ModuleInitializer]
    internal static void Register() => StageRegistry.Register("test-key-probe", _ => new KeyProbe());
#pragma warning restore CA2255
}
