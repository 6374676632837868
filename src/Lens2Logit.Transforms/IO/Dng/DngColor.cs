using Lens2Logit.IO.Tiff;
using Lens2Logit.Sensors;

namespace Lens2Logit.IO.Dng;

/// <summary>
/// White balance and colour matrix of a DNG. Source: DNG specification 1.4, chapter 6, "Mapping Camera Color Space to CIE XYZ Space".
/// Camera colours go to XYZ under D50 (by the forward matrices, or by the inverse colour matrix and Bradford adaptation), then to linear sRGB.
/// </summary>
/// <remarks>
/// The result is split into the white balance, whose least factor is 1 so that a saturated pixel reaches white, and a matrix that keeps
/// grey grey; together they are the specification's map.
/// </remarks>
internal sealed class DngColor
{
    private const int Iterations = 30;
    private const double Tolerance = 1e-7;

    // Chromaticities: D50 and D55 of CIE 15; white and primaries of IEC 61966-2-1 (sRGB).
    private static readonly double[] D50 = Xyz(0.3457, 0.3585), D55 = Xyz(0.3324, 0.3474), D65 = Xyz(0.3127, 0.3290);

    private static readonly Matrix3 BradfordCones = new([0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296]);

    private static readonly Matrix3 D50ToSrgb = SrgbToXyz().Inverse() * Adaptation(D50, D65);

    private readonly Profile _first;
    private readonly Profile? _second;
    private readonly Matrix3 _analogBalance;
    private readonly double[] _neutral;
    private readonly double[] _white;

    /// <param name="directory">The directory that describes the camera, the file's first.</param>
    /// <exception cref="InvalidDataException">A tag is not as the specification says.</exception>
    public DngColor(TiffDirectory directory)
    {
        _analogBalance = Matrix3.Diagonal(directory.Finite(TiffTag.AnalogBalance, 3, 3) ?? [1, 1, 1]);
        // A calibration holds for profiles of the same signature only.
        bool calibrates = directory.Text(TiffTag.CameraCalibrationSignature) == directory.Text(TiffTag.ProfileCalibrationSignature);
        _first = Profile.Read(directory, TiffTag.ColorMatrix1, TiffTag.ForwardMatrix1, calibrates ? TiffTag.CameraCalibration1 : null, TiffTag.CalibrationIlluminant1)
            ?? throw new InvalidDataException("it is a DNG without ColorMatrix1.");
        _second = Profile.Read(directory, TiffTag.ColorMatrix2, TiffTag.ForwardMatrix2, calibrates ? TiffTag.CameraCalibration2 : null, TiffTag.CalibrationIlluminant2);

        if (directory.Finite(TiffTag.AsShotNeutral, 3, 3) is { } neutral)
        {
            if (neutral.Min() <= 0)
                throw new InvalidDataException("its AsShotNeutral is not positive.");
            (_neutral, _white) = (neutral, FindWhite(neutral));
        }
        else
        {
            var xy = directory.Finite(TiffTag.AsShotWhiteXY, 2, 2);
            _white = xy is null ? D55 : xy.Min() > 0 ? Xyz(xy[0], xy[1]) : throw new InvalidDataException("its AsShotWhiteXY is not positive.");
            _neutral = At(_white).XyzToCamera * _white;
            if (_neutral.Min() <= 0)
                throw new InvalidDataException("its colour matrices make a colour of white light negative.");
        }
    }

    /// <summary>Factors of red, green and blue; the least is 1.</summary>
    public double[] WhiteBalance => Array.ConvertAll(_neutral, n => _neutral.Max() / n);

    /// <summary>From balanced camera colour to linear sRGB, row by row.</summary>
    public double[] ColorMatrix
    {
        get
        {
            var (xyzToCamera, forward, calibration) = At(_white);
            Matrix3 toD50;
            if (forward is { } matrix)
            {
                var reference = (_analogBalance * calibration).Inverse();
                toD50 = matrix * Matrix3.Diagonal(Array.ConvertAll(reference * _neutral, n => 1 / n)) * reference;
            }
            else
            {
                toD50 = Adaptation(_white, D50) * xyzToCamera.Inverse();
            }
            // As white as D50 of luminance 1.
            double luminance = (toD50 * _neutral)[1];
            var values = (D50ToSrgb * toD50 * Matrix3.Diagonal(Array.ConvertAll(_neutral, n => n / luminance))).ToArray();
            return values.All(double.IsFinite) ? values : throw new InvalidDataException("its colour matrices do not fit its white balance.");
        }
    }

    /// <summary>The white whose camera colour is neutral. The matrix depends on the white sought, so it is found by iteration.</summary>
    private double[] FindWhite(double[] neutral)
    {
        var white = D50;
        for (int i = 0; i < Iterations; i++)
        {
            var xyz = At(white).XyzToCamera.Inverse() * neutral;
            double sum = xyz.Sum(), x = xyz[0] / sum, y = xyz[1] / sum;
            if (!(x > 0 && y > 0 && x + y < 1))
                throw new InvalidDataException("its AsShotNeutral is no colour of light for its colour matrices.");
            var next = Xyz(x, y);
            double change = Math.Abs(next[0] - white[0]) + Math.Abs(next[2] - white[2]);
            // It may swing between two values; their mean is the specification's advice for that.
            white = i == Iterations - 1 && change >= Tolerance ? [(white[0] + next[0]) / 2, 1, (white[2] + next[2]) / 2] : next;
            if (change < Tolerance)
                break;
        }
        return white;
    }

    /// <summary>The matrices at a white: interpolated over the reciprocal of the temperature, between the two illuminants.</summary>
    private (Matrix3 XyzToCamera, Matrix3? Forward, Matrix3 Calibration) At(double[] white)
    {
        double shareOfFirst = 1;
        if (_second is { } second && _first.Temperature is { } t1 && second.Temperature is { } t2 && t1 != t2)
        {
            double sum = white.Sum(), temperature = ColorTemperature.Of(white[0] / sum, white[1] / sum);
            shareOfFirst = Math.Clamp((1 / temperature - 1 / t2) / (1 / t1 - 1 / t2), 0, 1);
        }
        var other = _second ?? _first;
        var calibration = Matrix3.Mix(_first.Calibration, other.Calibration, shareOfFirst);
        Matrix3? forward = (_first.Forward, other.Forward) switch
        {
            ({ } a, { } b) => Matrix3.Mix(a, b, shareOfFirst),
            var (a, b) => a ?? b,
        };
        return (_analogBalance * calibration * Matrix3.Mix(_first.Color, other.Color, shareOfFirst), forward, calibration);
    }

    private static double[] Xyz(double x, double y) => [x / y, 1, (1 - x - y) / y];

    /// <summary>Linear Bradford adaptation of XYZ from one white to another.</summary>
    private static Matrix3 Adaptation(double[] from, double[] to)
    {
        double[] source = BradfordCones * from, target = BradfordCones * to;
        return BradfordCones.Inverse() * Matrix3.Diagonal([target[0] / source[0], target[1] / source[1], target[2] / source[2]]) * BradfordCones;
    }

    private static Matrix3 SrgbToXyz()
    {
        double[] red = Xyz(0.64, 0.33), green = Xyz(0.30, 0.60), blue = Xyz(0.15, 0.06);
        var primaries = new Matrix3([red[0], green[0], blue[0], red[1], green[1], blue[1], red[2], green[2], blue[2]]);
        return primaries * Matrix3.Diagonal(primaries.Inverse() * D65);
    }

    /// <summary>The camera under one calibration illuminant.</summary>
    private sealed record Profile(Matrix3 Color, Matrix3? Forward, Matrix3 Calibration, double? Temperature)
    {
        public static Profile? Read(TiffDirectory directory, TiffTag color, TiffTag forward, TiffTag? calibration, TiffTag illuminant)
        {
            if (directory.Finite(color, 9, 9) is not { } matrix)
                return null;
            return new(new(matrix), directory.Finite(forward, 9, 9) is { } values ? new Matrix3(values) : null,
                calibration is { } tag && directory.Finite(tag, 9, 9) is { } own ? new(own) : Matrix3.Identity,
                ColorTemperature.OfLightSource(directory.Unsigned(illuminant) ?? 0));
        }
    }
}
