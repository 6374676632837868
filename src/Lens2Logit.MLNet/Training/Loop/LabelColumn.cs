using Lens2Logit.MLNet.Interop;
using Microsoft.ML;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>A key column: the target is the index of the class, from 0; a missing key is no target.</summary>
internal sealed class LabelColumn(string name) : TargetColumn
{
    public override string Name => name;

    public override IReadOnlyList<int> Shape => [];

    public override string Role => "label";

    public override Func<float[]?> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        var getLabel = row.GetGetter<uint>(column);
        uint key = 0;
        return () =>
        {
            getLabel(ref key);
            return key == 0 ? null : [key - 1];
        };
    }

    public override void RequireType(DataViewSchema.Column column) => ClassLabels.RequireKey(column);

    public override int Stratum(float[] target) => (int)target[0];
}
