using Lens2Logit.MLNet.Interop;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>The columns, if any, from which each row takes parts of its exposure.</summary>
internal sealed class ExposureColumns
{
    private readonly Exposure _common;
    private readonly List<(string Column, Func<Exposure, float, Exposure> Set)> _columns = [];

    /// <exception cref="ArgumentException">The light is said both ways: relative to the sensor, and in photons.</exception>
    public ExposureColumns(MeasurementSimulatingEstimator.Options options)
    {
        _common = options.Exposure;
        Add(options.IlluminationColumnName, (exposure, value) => exposure with { Illumination = value });
        Add(options.PhotonsPerPixelColumnName, (exposure, value) => exposure with { PhotonsPerPixel = value });
        Add(options.ExposureTimeColumnName, (exposure, value) => exposure with { ExposureTimeSeconds = value });
        Add(options.TemperatureColumnName, (exposure, value) => exposure with { TemperatureCelsius = value });

        bool relative = options.IlluminationColumnName is not null || _common.Illumination != 1;
        bool inPhotons = options.PhotonsPerPixelColumnName is not null || _common.PhotonsPerPixel is not null;
        if (relative && inPhotons)
        {
            throw new ArgumentException(
                "The light is said both ways, relative to the sensor (Illumination) and in photons (PhotonsPerPixel), by the exposure or by a column; say it in one.");
        }

        void Add(string? column, Func<Exposure, float, Exposure> set)
        {
            if (column is not null)
                _columns.Add((column, set));
        }
    }

    /// <exception cref="ArgumentException">A column is missing or no number.</exception>
    public void Require(SchemaShape schema)
    {
        foreach (var (name, _) in _columns)
        {
            var column = schema.Require(name, "exposure");
            if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.ItemType != NumberDataViewType.Single)
                throw SchemaColumns.WrongType(name, "exposure", column.Describe(), "Single");
        }
    }

    /// <inheritdoc cref="Require(SchemaShape)"/>
    public IReadOnlyList<DataViewSchema.Column> Require(DataViewSchema schema) => _columns.ConvertAll(its =>
    {
        var column = schema.Require(its.Column, "exposure");
        return column.Type == NumberDataViewType.Single ? column : throw SchemaColumns.WrongType(its.Column, "exposure", column.Type.ToString()!, "Single");
    });

    /// <summary>Gives the exposure of the row at which the cursor stands; throws InvalidDataException that names row, column, value and range.</summary>
    public Func<Exposure> Reader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        if (_columns.Count == 0)
            return () => _common;
        var getters = columns.Select(row.GetGetter<float>).ToArray();
        return () =>
        {
            var exposure = _common;
            for (int i = 0; i < getters.Length; i++)
            {
                float value = 0;
                getters[i](ref value);
                exposure = _columns[i].Set(exposure, value);
                try
                {
                    exposure.Validate();
                }
                catch (ArgumentException e)
                {
                    throw new InvalidDataException($"Row {row.Position} of column '{_columns[i].Column}' is no exposure: {e.Message}", e);
                }
            }
            return exposure;
        };
    }
}
