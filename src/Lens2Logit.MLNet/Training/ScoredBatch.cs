using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Lens2Logit.Native;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>What a fitted model makes of some rows: the views of its stages that are asked for, the scores, and what is predicted from them.</summary>
/// <remarks>Outputs are numbered as the transformer's columns: one view per stage, then the prediction, then the score.</remarks>
internal abstract class ScoredBatch : RowBatch
{
    private readonly FittedModules _model;
    private readonly DataViewRow _rows;
    private readonly DataViewSchema.Column _column;
    private readonly ValueGetter<VBuffer<float>>? _getSource;
    private readonly Func<ulong> _readKey;
    private readonly ulong[] _keys;
    private readonly int[] _shape;
    private readonly bool[] _active;
    private readonly float[][] _sources, _scores;
    private readonly float[][][] _views;
    private VBuffer<float> _vector;
    private int _count;

    private protected ScoredBatch(FittedModules model, int[] shape, int scoreLength, bool[] active, DataViewRow rows, DataViewSchema.Column column, int size)
    {
        (_model, _shape, _active, _rows, _column) = (model, shape, active, rows, column);
        _getSource = active.Contains(true) ? rows.GetGetter<VBuffer<float>>(column) : null;
        _readKey = RowKey.Reader(rows, null);
        _keys = new ulong[size];
        _sources = Rows(ImageShape.Length(shape));
        _scores = Rows(scoreLength);
        _views = new float[model.Links.Count][][];
        for (int i = 0; i < _views.Length; i++)
        {
            shape = model.Links[i].Stage.OutputShape(shape);
            _views[i] = active[i] ? Rows(ImageShape.Length(shape)) : [];
        }

        float[][] Rows(int length)
        {
            var all = new float[size][];
            for (int i = 0; i < size; i++)
                all[i] = new float[length];
            return all;
        }
    }

    public override int Count => _count;

    private bool NeedsScores => _active[_views.Length] || _active[_views.Length + 1];

    public override void Clear() => _count = 0;

    /// <exception cref="InvalidDataException">The row has another length than the column says, or a pixel is not finite.</exception>
    public override void Read()
    {
        var source = _sources[_count];
        _getSource!(ref _vector);
        ImageShape.Copy(in _vector, source, _column.Name, _rows.Position);
        StageInference.RequireFinite(source, _shape, _column.Name, _rows.Position);
        _keys[_count] = _readKey();
        _count++;
    }

    public override void Compute()
    {
        _model.ThrowIfDisposed();
        using var guard = ExitGuard.Enter();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var images = StageInference.ToBatch(_sources.AsSpan(0, _count), _shape, _model.Device);
        for (int i = 0; i < _views.Length; i++)
        {
            images = _model.Links[i].Stage.forward(images, _keys.AsSpan(0, _count));
            if (_active[i])
                StageInference.CopyTo(images, _views[i].AsSpan(0, _count), $"Stage '{_model.Links[i].Stage.Kind}'");
        }
        if (NeedsScores)
            StageInference.CopyTo(Probabilities(_model.Network.forward(images)), _scores.AsSpan(0, _count), $"Network '{_model.Architecture}'");
    }

    public override Delegate?[] CreateGetters(Func<int> row)
    {
        var getters = new Delegate?[_active.Length];
        for (int i = 0; i < _views.Length; i++)
        {
            var views = _views[i];
            if (_active[i])
                getters[i] = (ValueGetter<VBuffer<float>>)((ref VBuffer<float> view) => Copy(views[row()], ref view));
        }
        if (_active[^2])
            getters[^2] = PredictionGetter(() => _scores[row()]);
        if (_active[^1])
            getters[^1] = (ValueGetter<VBuffer<float>>)((ref VBuffer<float> score) => Copy(_scores[row()], ref score));
        return getters;
    }

    /// <summary>Scores in [0, 1] of what the network gives.</summary>
    private protected abstract Tensor Probabilities(Tensor output);

    /// <summary>A getter of the prediction from the scores of the row.</summary>
    private protected abstract Delegate PredictionGetter(Func<float[]> scores);

    private protected static void Copy(float[] values, ref VBuffer<float> target)
    {
        var editor = VBufferEditor.Create(ref target, values.Length);
        values.CopyTo(editor.Values);
        target = editor.Commit();
    }
}
