namespace Lens2Logit.IO.Tiff;

/// <summary>The tags that are read. Sources: TIFF 6.0, TIFF/EP (ISO 12234-2), DNG specification 1.4.</summary>
internal enum TiffTag : ushort
{
    NewSubfileType = 254,
    ImageWidth = 256,
    ImageLength = 257,
    BitsPerSample = 258,
    Compression = 259,
    PhotometricInterpretation = 262,
    FillOrder = 266,
    Make = 271,
    Model = 272,
    StripOffsets = 273,
    Orientation = 274,
    SamplesPerPixel = 277,
    RowsPerStrip = 278,
    StripByteCounts = 279,
    Predictor = 317,
    TileWidth = 322,
    TileLength = 323,
    TileOffsets = 324,
    TileByteCounts = 325,
    SubIfds = 330,
    SampleFormat = 339,
    CfaRepeatPatternDim = 33421,
    CfaPattern = 33422,
    DngVersion = 50706,
    UniqueCameraModel = 50708,
    CfaPlaneColor = 50710,
    CfaLayout = 50711,
    LinearizationTable = 50712,
    BlackLevelRepeatDim = 50713,
    BlackLevel = 50714,
    BlackLevelDeltaH = 50715,
    BlackLevelDeltaV = 50716,
    WhiteLevel = 50717,
    ColorMatrix1 = 50721,
    ColorMatrix2 = 50722,
    CameraCalibration1 = 50723,
    CameraCalibration2 = 50724,
    AnalogBalance = 50727,
    AsShotNeutral = 50728,
    AsShotWhiteXY = 50729,
    CalibrationIlluminant1 = 50778,
    CalibrationIlluminant2 = 50779,
    ActiveArea = 50829,
    CameraCalibrationSignature = 50931,
    ProfileCalibrationSignature = 50932,
    ForwardMatrix1 = 50964,
    ForwardMatrix2 = 50965,
    NoiseProfile = 51041,
}

/// <summary>Values of the tag PhotometricInterpretation that matter here.</summary>
internal static class Photometric
{
    public const uint BlackIsZero = 1, Cfa = 32803, LinearRaw = 34892;
}

/// <summary>Values of the tag Compression that matter here.</summary>
internal static class TiffCompression
{
    public const uint None = 1, Lzw = 5, Jpeg = 7, AdobeDeflate = 8, PackBits = 32773, Deflate = 32946;
}
