using Lens2Logit.IO.Dng;
using Lens2Logit.Isp;
using Lens2Logit.Sensors;

namespace Lens2Logit.IO.Tiff;

/// <summary>A raw image in a TIFF file, of which DNG is a kind.</summary>
internal sealed class TiffRawFile : RawFile
{
    private readonly TiffRaster _raster;
    private readonly MosaicGeometry _geometry;
    private readonly CodeScale? _scale;
    private readonly BlackResidual? _residual;

    private TiffRawFile(TiffRaster raster, MosaicGeometry geometry, CodeScale? scale, BlackResidual? residual, RawImageInfo info)
    {
        (_raster, _geometry, _scale, _residual) = (raster, geometry, scale, residual);
        Info = info;
    }

    public override RawImageInfo Info { get; }

    public static TiffRawFile From(ByteSource source, RawReadOptions options)
    {
        var (first, raw) = TiffFile.Open(source);
        bool isDng = first.Has(TiffTag.DngVersion);
        var raster = new TiffRaster(source, raw);
        var cfa = ReadCfa(raw);
        var stored = ReadOrientation(first);
        var orientation = options.ApplyOrientation ? stored : RawOrientation.TopLeft;
        if (isDng)
        {
            var dng = new DngLevels(raw, raster);
            var camera = dng.Camera(first, cfa!.Value); // TiffFile looks for an image that has one, or is monochrome
            return Create(RawImageFormat.Dng, dng.ActiveArea with { Orientation = orientation }, dng.Scale, dng.Residual, camera, dng.NoiseProfile);
        }
        if (cfa is { } own && options.Camera is { } given && given.Cfa != own)
            throw new InvalidDataException($"it holds a {own} mosaic; the camera given to the reader has {given.Cfa}.");
        var scale = raster.Format.IsFloat ? null : new CodeScale(raster.Format.Bits);
        var fallback = options.Camera ?? (cfa is { } pattern ? CameraParameters.Identity with { Name = CameraName(first), Cfa = pattern } : null);
        return Create(RawImageFormat.Tiff, new(0, 0, raster.Height, raster.Width, orientation), scale, null, fallback, []);

        TiffRawFile Create(RawImageFormat format, MosaicGeometry geometry, CodeScale? scale, BlackResidual? residual, CameraParameters? camera, IReadOnlyList<NoiseProfile> noise) =>
            new(raster, geometry, scale, residual, new()
            {
                Format = format,
                Height = geometry.DeliveredHeight,
                Width = geometry.DeliveredWidth,
                BitDepth = scale?.BitDepth ?? 0,
                Camera = camera is null ? null : geometry.Deliver(camera),
                NoiseProfile = noise,
                Orientation = stored,
            });
    }

    public override void ReadPixels(Span<float> values)
    {
        // What LibTiff decompresses comes in this machine's byte order.
        bool isPlain = _raster.Compression == TiffCompression.None;
        var format = isPlain ? _raster.Format : _raster.Format with { IsBigEndian = !BitConverter.IsLittleEndian };
        var writer = new MosaicWriter(values, _geometry, format, _scale, _residual);
        TiffPixels.Read(_raster, ref writer);
        writer.Release();
    }

    internal static string CameraName(TiffDirectory directory)
    {
        var makeAndModel = new[] { directory.Text(TiffTag.Make), directory.Text(TiffTag.Model) }.Where(text => text is not null);
        var name = directory.Text(TiffTag.UniqueCameraModel) ?? string.Join(' ', makeAndModel);
        return name.Length > 0 ? name : "Unknown";
    }

    private static RawOrientation ReadOrientation(TiffDirectory directory)
    {
        // Some cameras write 0 or 9 where they do not know; readers take that as 1.
        var orientation = (RawOrientation)(directory.Unsigned(TiffTag.Orientation) ?? 1);
        return Enum.IsDefined(orientation) ? orientation : RawOrientation.TopLeft;
    }

    /// <summary>The colour filter array; null for a plain grey image, which does not say.</summary>
    private static CfaPattern? ReadCfa(TiffDirectory directory)
    {
        switch (directory.Unsigned(TiffTag.PhotometricInterpretation) ?? Photometric.BlackIsZero)
        {
            case Photometric.BlackIsZero:
                return null;
            case Photometric.LinearRaw:
                return CfaPattern.Monochrome;
            case Photometric.Cfa:
                break;
            case var other:
                throw new InvalidDataException(
                    $"its PhotometricInterpretation is {other}; expected 1 (black is zero), 32803 (colour filter array) or 34892 (linear raw).");
        }
        var size = directory.Finite(TiffTag.CfaRepeatPatternDim, 2, 2) ?? [2, 2];
        if (directory.Unsigned(TiffTag.CfaLayout) is { } layout and not 1)
            throw new InvalidDataException($"its CFALayout is {layout}; expected a rectangular one, 1.");
        if (directory.Finite(TiffTag.CfaPlaneColor, 0, 4) is { } planes && planes is not [0, 1, 2])
            throw new InvalidDataException("its colour filters are not red, green and blue.");
        if (size is not [2, 2] || directory.Finite(TiffTag.CfaPattern, 0, 64) is not { Length: 4 } pattern)
            throw new InvalidDataException($"its colour filter array repeats every {size[0]}×{size[1]} pixels; expected a Bayer pattern, 2×2.");
        return MosaicGeometry.PatternOf(Array.ConvertAll(pattern, p => (byte)p)) ?? throw new InvalidDataException(
            $"its CFAPattern is {string.Join(' ', pattern)}; expected one of red 0, two of green 1 and one of blue 2, as a Bayer pattern has them.");
    }
}
