using Lens2Logit.MLNet.Interop;
using Lens2Logit.Sensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Lens2Logit.MLNet.Transforms;

/// <summary>Reads a scene [C, H, W] from a row's vector, or RGB [3, H, W] from its 8-bit image. Owns the image that it read last.</summary>
internal sealed class SceneReader : IDisposable
{
    private readonly DataViewRow _row;
    private readonly string _column;
    private readonly int _height, _width;
    private readonly ValueGetter<VBuffer<float>>? _getVector;
    private readonly ValueGetter<MLImage>? _getImage;
    private readonly float[] _ofByte, _scene;
    private VBuffer<float> _vector;
    private MLImage? _image;

    /// <param name="row">Where the scenes come from.</param>
    /// <param name="column">The column of vectors or images.</param>
    /// <param name="channels">Channels C; 3 for images.</param>
    /// <param name="height">Height H.</param>
    /// <param name="width">Width W.</param>
    /// <param name="ofByte">What each of the 256 values of an 8-bit image means.</param>
    public SceneReader(DataViewRow row, DataViewSchema.Column column, int channels, int height, int width, float[] ofByte)
    {
        (_row, _column, _height, _width, _ofByte) = (row, column.Name, height, width, ofByte);
        _scene = new float[channels * height * width];
        if (column.Type is ImageDataViewType)
            _getImage = row.GetGetter<MLImage>(column);
        else
            _getVector = row.GetGetter<VBuffer<float>>(column);
    }

    /// <summary>The linear light of sRGB's bytes.</summary>
    public static float[] SrgbToLinear { get; } = [.. Enumerable.Range(0, 256).Select(value => SrgbTransfer.Decode((byte)value))];

    /// <summary>Channels, height and width of a column of images or vectors.</summary>
    /// <exception cref="ArgumentException">The column is something else, or its images have no known size; the message says what to do.</exception>
    public static (int Channels, int Height, int Width) ShapeOf(DataViewSchema.Column column, string role, string expected, string transform, bool oneChannelAllowed = false)
    {
        if (column.Type is ImageDataViewType image)
        {
            if (image.Height <= 0 || image.Width <= 0)
            {
                throw new ArgumentException($"The images of {role} column '{column.Name}' have no known size. "
                    + $"Put Transforms.ResizeImages(\"{column.Name}\", width, height) before {transform}.");
            }
            return (3, image.Height, image.Width);
        }
        var dimensions = ImageShape.Require(column, role, 3, expected);
        if (dimensions[0] != 3 && !(dimensions[0] == 1 && oneChannelAllowed))
            throw SchemaColumns.WrongType(column.Name, role, column.Type.ToString()!, expected);
        return (dimensions[0], dimensions[1], dimensions[2]);
    }

    /// <exception cref="InvalidDataException">There is no image, or it has another size; the message names row and column.</exception>
    public ReadOnlySpan<float> Read()
    {
        if (_getVector is not null)
        {
            _getVector(ref _vector);
            return ImageShape.Dense(in _vector, _scene, _column, _row.Position);
        }
        _getImage!(ref _image!);
        if (_image is null)
            throw new InvalidDataException($"Row {_row.Position} of column '{_column}' holds no image; its path may be empty.");
        if (_image.Height != _height || _image.Width != _width)
            throw new InvalidDataException($"Row {_row.Position} of column '{_column}' is {_image.Height}×{_image.Width} pixels; expected {_height}×{_width}.");
        Decode(_image);
        return _scene;
    }

    public void Dispose() => _image?.Dispose();

    private void Decode(MLImage image)
    {
        int red = image.PixelFormat switch
        {
            MLPixelFormat.Rgba32 => 0,
            MLPixelFormat.Bgra32 => 2,
            _ => throw new InvalidDataException($"Row {_row.Position} of column '{_column}' has pixels of format {image.PixelFormat}; expected Bgra32 or Rgba32."),
        };
        var pixels = image.Pixels;
        int count = _scene.Length / 3;
        for (int i = 0; i < count; i++)
        {
            _scene[i] = _ofByte[pixels[4 * i + red]];
            _scene[count + i] = _ofByte[pixels[4 * i + 1]];
            _scene[2 * count + i] = _ofByte[pixels[4 * i + 2 - red]];
        }
    }
}
