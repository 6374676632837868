using System.Globalization;
using Lens2Logit.MLNet.Interop;
using Lens2Logit.MLNet.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Drift.Forensics;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> for the <see cref="ToleranceCheckingTransformer"/>, which marks rows that were measured outside of a
/// model's <see cref="ToleranceSpecification"/>.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ### Estimator characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | `Vector<Single>[H, W]`: raw in [0, 1]; and a `Single` or `Double` for each quantity that the rows state |
/// | Output column data type | `Boolean`: whether the row is outside; text: why, empty where it is inside |
/// | Required NuGet in addition to Microsoft.ML | Lens2Logit.MLNet |
/// | Exportable to ONNX | No |
/// ]]></format>
/// A row is outside if a quantity that it states is outside its interval or missing, if its mean raw value was not seen in the accepted light, or
/// if its raw column was measured by another sensor than the specification's.
/// </remarks>
public sealed class ToleranceCheckingEstimator : IEstimator<ToleranceCheckingTransformer>
{
    private readonly Options _options;

    /// <summary>Options of the check.</summary>
    public sealed record Options
    {
        /// <summary>Name of the Boolean column to create. Default <c>OutsideTolerance</c>.</summary>
        public string OutputColumnName { get; init; } = "OutsideTolerance";

        /// <summary>Name of the text column to create. Default <c>ToleranceReason</c>.</summary>
        public string ReasonColumnName { get; init; } = "ToleranceReason";

        /// <summary>Name of the raw column [H, W]. Default <c>Raw</c>.</summary>
        public string RawColumnName { get; init; } = "Raw";

        /// <summary>Columns that state quantities of the specification, by the name of its axis: <c>illumination</c>, say. Default none.</summary>
        public IReadOnlyDictionary<string, string> QuantityColumns { get; init; } = new Dictionary<string, string>();
    }

    internal ToleranceCheckingEstimator(Options options, ToleranceSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(options.ReasonColumnName);
        foreach (var quantity in options.QuantityColumns.Keys)
        {
            if (specification.Intervals.All(interval => interval.Axis != quantity))
                throw new ArgumentException($"The tolerance specification has no quantity '{quantity}'. It has: {string.Join(", ", specification.Intervals.Select(i => i.Axis))}.", nameof(options));
        }
        (_options, Specification) = (options, specification);
    }

    internal ToleranceSpecification Specification { get; }

    /// <summary>Checks the schema and creates the transformer; no data is read.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentException">A column is missing or has another type.</exception>
    public ToleranceCheckingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = new ToleranceCheckingTransformer(_options, Specification);
        transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ImageShape.RequireVector(inputSchema.Require(_options.RawColumnName, "raw"), "raw", StaticIspTransformer.ExpectedRaw);
        foreach (var (quantity, name) in _options.QuantityColumns)
        {
            var column = inputSchema.Require(name, quantity);
            if (column.Kind != SchemaShape.Column.VectorKind.Scalar || (column.ItemType != NumberDataViewType.Single && column.ItemType != NumberDataViewType.Double))
                throw SchemaColumns.WrongType(name, quantity, column.Describe(), ToleranceCheckingTransformer.ExpectedQuantity);
        }
        return inputSchema.With([SchemaColumns.Scalar(_options.OutputColumnName, BooleanDataViewType.Instance), SchemaColumns.Scalar(_options.ReasonColumnName, TextDataViewType.Instance)]);
    }
}

/// <summary>Marks rows that were measured outside of a tolerance specification. See <see cref="ToleranceCheckingEstimator"/>.</summary>
public sealed class ToleranceCheckingTransformer : RowTransformer
{
    internal const string LoaderSignature = "Lens2LogitTolerance";
    internal const string ExpectedQuantity = "Single or Double";
    private static readonly ModelSignature Signature = new(LoaderSignature, "L2L TOLE");

    private readonly ToleranceCheckingEstimator.Options _options;

    internal ToleranceCheckingTransformer(ToleranceCheckingEstimator.Options options, ToleranceSpecification specification) => (_options, Specification) = (options, specification);

    // Called by ML.NET when it loads a model.
    private ToleranceCheckingTransformer(IHostEnvironment environment, ModelLoadContext context)
    {
        _ = environment;
        var saved = new ModelReader(context).Read<Saved>(Signature);
        (_options, Specification) = (saved.Options, ToleranceSpecification.Read(saved.Specification, "The specification in the model file"));
    }

    /// <summary>The specification that rows are checked against.</summary>
    public ToleranceSpecification Specification { get; }

    private protected override void SaveTo(ModelWriter writer) => writer.Write(Signature, new Saved(_options, Specification.ToJson()));

    private protected override RowMapper CreateMapper(DataViewSchema input) => new Mapper(this, input);

    internal sealed record Saved(ToleranceCheckingEstimator.Options Options, string Specification);

    private sealed class Mapper : RowMapper
    {
        private readonly ToleranceSpecification _specification;
        private readonly DataViewSchema.Column _raw;
        private readonly List<(ToleranceInterval Interval, DataViewSchema.Column Column)> _quantities = [];
        private readonly int _length;

        // The same for every row: what the raw column says about its sensor.
        private readonly string _sensorProblem = "";

        public Mapper(ToleranceCheckingTransformer parent, DataViewSchema input)
        {
            _specification = parent.Specification;
            var options = parent._options;
            _raw = input.Require(options.RawColumnName, "raw");
            _length = ImageShape.Length(ImageShape.Require(_raw, "raw", 2, StaticIspTransformer.ExpectedRaw));
            foreach (var (quantity, name) in options.QuantityColumns)
            {
                var column = input.Require(name, quantity);
                if (column.Type != NumberDataViewType.Single && column.Type != NumberDataViewType.Double)
                    throw SchemaColumns.WrongType(name, quantity, column.Type.ToString()!, ExpectedQuantity);
                _quantities.Add((_specification.Intervals.First(i => i.Axis == quantity), column));
            }
            if (_specification.Sensor is { } sensor && _raw.Annotations.TextOrNull(RawAnnotations.SensorName) is { } found && found != sensor)
                _sensorProblem = $"sensor {found} instead of {sensor}";
            OutputColumns = [new(options.OutputColumnName, BooleanDataViewType.Instance, null), new(options.ReasonColumnName, TextDataViewType.Instance, null)];
        }

        public override DataViewSchema.DetachedColumn[] OutputColumns { get; }

        public override IEnumerable<DataViewSchema.Column> InputsOf(int output) => [_raw, .. _quantities.Select(q => q.Column)];

        public override (Delegate?[] Getters, IDisposable? Resources) CreateGetters(DataViewRow input, Func<int, bool> isActive)
        {
            if (!isActive(0) && !isActive(1))
                return ([null, null], null);
            var getRaw = input.GetGetter<VBuffer<float>>(_raw);
            var quantities = _quantities.Select(q => (q.Interval, Read: Reader(input, q.Column))).ToArray();
            VBuffer<float> vector = default;
            var scratch = new float[_length];
            return
            ([
                isActive(0) ? (ValueGetter<bool>)((ref bool outside) => outside = Reason().Length > 0) : null,
                isActive(1) ? (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> reason) => reason = Reason().AsMemory()) : null,
            ], null);

            string Reason()
            {
                getRaw(ref vector);
                var raw = ImageShape.Dense(in vector, scratch, _raw.Name, input.Position);
                double mean = System.Numerics.Tensors.TensorPrimitives.Sum(raw) / (double)raw.Length;
                var problems = quantities.Select(q => Problem(q.Interval.Axis, q.Read(), q.Interval.Low, q.Interval.High))
                    .Append(Problem("mean raw value", mean, _specification.LowestRawMean, _specification.HighestRawMean)).Append(_sensorProblem);
                return string.Join("; ", problems.Where(problem => problem.Length > 0));
            }
        }

        /// <summary>Empty where the value is inside; a missing value (NaN) never is.</summary>
        private static string Problem(string name, double value, double low, double high) => value >= low && value <= high ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{name} {value:G4} outside [{low:G4}, {high:G4}]");

        private static Func<double> Reader(DataViewRow row, DataViewSchema.Column column)
        {
            if (column.Type == NumberDataViewType.Single)
            {
                var getSingle = row.GetGetter<float>(column);
                float single = 0;
                return () =>
                {
                    getSingle(ref single);
                    return single;
                };
            }
            var getDouble = row.GetGetter<double>(column);
            double value = 0;
            return () =>
            {
                getDouble(ref value);
                return value;
            };
        }
    }
}
