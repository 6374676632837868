namespace Lens2Logit.IO;

/// <summary>A file of pixels alone.</summary>
internal sealed class HeaderlessFile : RawFile
{
    private readonly ByteSource _source;
    private readonly RawLayout _layout;

    public HeaderlessFile(ByteSource source, RawLayout layout, RawReadOptions options)
    {
        RequireSize(layout.Height, layout.Width);
        if (source.Length != layout.Offset + layout.Bytes)
        {
            throw new InvalidDataException($"it has {source.Length} bytes; {layout.Height}×{layout.Width} pixels of {layout.BitDepth} bits"
                + $"{(layout.Offset > 0 ? $" after {layout.Offset} bytes" : "")} need {layout.Offset + layout.Bytes}.");
        }
        (_source, _layout) = (source, layout);
        Info = new()
        {
            Format = RawImageFormat.Headerless,
            Height = layout.Height,
            Width = layout.Width,
            BitDepth = layout.BitDepth,
            Camera = options.Camera,
        };
    }

    public override RawImageInfo Info { get; }

    public override void ReadPixels(Span<float> values)
    {
        var format = new StoredSamples(8 * _layout.BytesPerSample, IsFloat: false, _layout.BigEndian);
        var writer = new MosaicWriter(values, new(0, 0, _layout.Height, _layout.Width, RawOrientation.TopLeft), format, new(_layout.BitDepth));
        PlainRows.Read(_source, _layout.Offset, format, 0, 0, _layout.Height, _layout.Width, ref writer);
        writer.Release();
    }
}
