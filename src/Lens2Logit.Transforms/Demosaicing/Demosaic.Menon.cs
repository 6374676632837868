using System.Numerics;
using Lens2Logit.Sensors;

namespace Lens2Logit.Demosaicing;

public static partial class Demosaic
{
    /// <summary>
    /// Directional filtering with an a posteriori decision. Interpolation mirrors at the border; the decision's window sees zeros
    /// beyond it. Where both directions score the same, horizontal wins.
    /// </summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="raw">The mosaic [H, W].</param>
    /// <param name="height">H, at least 4.</param>
    /// <param name="width">W, at least 4.</param>
    /// <param name="pattern">The colour filter array.</param>
    /// <param name="rgb">Receives [3, H, W].</param>
    /// <param name="refine">Whether the refining step of section IV of the paper follows.</param>
    /// <exception cref="ArgumentException">A span has the wrong length, the image is smaller than 4×4, or the pattern is monochrome.</exception>
    public static void Menon2007<T>(ReadOnlySpan<T> raw, int height, int width, CfaPattern pattern, Span<T> rgb, bool refine = true)
        where T : struct, IFloatingPointIeee754<T>
    {
        Check(raw, height, width, pattern, rgb);
        int pixels = height * width;
        var menon = new Menon<T>(height, width, pattern);
        menon.Demosaic(raw, rgb[..pixels], rgb.Slice(pixels, pixels), rgb[(2 * pixels)..], refine);
    }

    /// <summary>The difference of the two directions' scores per pixel; near zero either direction is right. For precision tests.</summary>
    internal static T[] MenonDecisionMargin<T>(ReadOnlySpan<T> raw, int height, int width, CfaPattern pattern)
        where T : struct, IFloatingPointIeee754<T>
    {
        var menon = new Menon<T>(height, width, pattern);
        menon.ChooseDirections(raw);
        return menon.Margin;
    }

    private sealed class Menon<T>(int height, int width, CfaPattern pattern)
        where T : struct, IFloatingPointIeee754<T>
    {
        private static readonly T Half = T.CreateChecked(0.5), Third = T.One / T.CreateChecked(3);
        private static readonly T[] GreenFilter = ToScalar<T>([-0.25, 0.5, 0.5, 0.5, -0.25]);

        private readonly int[] _rows = Border.Indices(height, 1, BorderMode.Mirror);
        private readonly int[] _columns = Border.Indices(width, 1, BorderMode.Mirror);
        private readonly T[] _greenHorizontal = new T[height * width];
        private readonly T[] _greenVertical = new T[height * width];
        private readonly bool[] _horizontal = new bool[height * width];

        /// <summary>Vertical minus horizontal score: the direction is horizontal where this is not negative.</summary>
        public T[] Margin { get; } = new T[height * width];

        public void Demosaic(ReadOnlySpan<T> raw, Span<T> red, Span<T> green, Span<T> blue, bool refine)
        {
            ChooseDirections(raw);
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int i = y * width + x, channel = Channel(y, x);
                    green[i] = channel == 1 ? raw[i] : _horizontal[i] ? _greenHorizontal[i] : _greenVertical[i];
                    red[i] = channel == 0 ? raw[i] : T.Zero;
                    blue[i] = channel == 2 ? raw[i] : T.Zero;
                }
            }
            FillAtGreen(red, green, 0);
            FillAtGreen(blue, green, 2);
            FillAtOpposite(red, blue, 2);
            FillAtOpposite(blue, red, 0);
            if (refine)
            {
                RefineGreen(red, green, 0);
                RefineGreen(blue, green, 2);
                RefineAtGreen(red, green, 0);
                RefineAtGreen(blue, green, 2);
                RefineOpposite(red, blue);
            }
        }

        public void ChooseDirections(ReadOnlySpan<T> raw)
        {
            PlaneFilter.CorrelateRows(raw, height, width, GreenFilter, BorderMode.Mirror, _greenHorizontal);
            PlaneFilter.CorrelateColumns(raw, height, width, GreenFilter, BorderMode.Mirror, _greenVertical);

            // Colour differences at red and blue sites; a direction that follows the structure keeps them smooth.
            int pixels = height * width;
            T[] differenceHorizontal = new T[pixels], differenceVertical = new T[pixels];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int i = y * width + x;
                    if (Channel(y, x) == 1)
                        continue;
                    differenceHorizontal[i] = raw[i] - _greenHorizontal[i];
                    differenceVertical[i] = raw[i] - _greenVertical[i];
                }
            }

            T[] gradientHorizontal = new T[pixels], gradientVertical = new T[pixels];
            var columnsAhead = Border.Indices(width, 2, BorderMode.Mirror);
            var rowsAhead = Border.Indices(height, 2, BorderMode.Mirror);
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int i = y * width + x;
                    gradientHorizontal[i] = T.Abs(differenceHorizontal[i] - differenceHorizontal[y * width + columnsAhead[x + 4]]);
                    gradientVertical[i] = T.Abs(differenceVertical[i] - differenceVertical[rowsAhead[y + 4] * width + x]);
                }
            }

            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int i = y * width + x;
                    Margin[i] = Score(gradientVertical, y, x, vertical: true) - Score(gradientHorizontal, y, x, vertical: false);
                    _horizontal[i] = Margin[i] >= T.Zero;
                }
            }
        }

        /// <summary>
        /// Sum of gradients in a window, weighted 3 on the pixel's own line and 1 on the others, at the sites where a colour
        /// difference exists. A gradient at p spans p to p+2, hence positions −2 and 0 along the direction, −1 beside it.
        /// </summary>
        private T Score(T[] gradient, int y, int x, bool vertical)
        {
            var three = T.CreateChecked(3);
            T At(int across, int along) => vertical ? Value(y + along, x + across) : Value(y + across, x + along);
            T Value(int row, int column) => (uint)row < (uint)height && (uint)column < (uint)width ? gradient[row * width + column] : T.Zero;
            return At(-2, -2) + At(-2, 0) + At(-1, -1) + three * (At(0, -2) + At(0, 0)) + At(1, -1) + At(2, -2) + At(2, 0);
        }

        /// <summary>Red (or blue) at green sites: green plus the mean colour difference of the two neighbours that measured the colour.</summary>
        private void FillAtGreen(Span<T> color, ReadOnlySpan<T> green, int channel)
        {
            for (int y = 0; y < height; y++)
            {
                bool rowHasColor = Channel(y, 0) == channel || Channel(y, 1) == channel;
                for (int x = 0; x < width; x++)
                {
                    int i = y * width + x;
                    if (Channel(y, x) == 1)
                        color[i] = green[i] + NeighborMean(color, y, x, rowHasColor) - NeighborMean(green, y, x, rowHasColor);
                }
            }
        }

        /// <summary>Red at blue sites (or blue at red): along the chosen direction, from the difference of the two colours.</summary>
        private void FillAtOpposite(Span<T> color, ReadOnlySpan<T> opposite, int oppositeChannel)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int i = y * width + x;
                    if (Channel(y, x) == oppositeChannel)
                        color[i] = opposite[i] + NeighborMean(color, y, x, _horizontal[i]) - NeighborMean(opposite, y, x, _horizontal[i]);
                }
            }
        }

        /// <summary>Green at a measured red or blue site, from the colour difference smoothed along the chosen direction.</summary>
        private void RefineGreen(ReadOnlySpan<T> color, Span<T> green, int channel)
        {
            var difference = Difference(color, green);
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int i = y * width + x;
                    if (Channel(y, x) == channel)
                        green[i] = color[i] - LineMean(difference, y, x, _horizontal[i]);
                }
            }
        }

        private void RefineAtGreen(Span<T> color, ReadOnlySpan<T> green, int channel)
        {
            var difference = Difference(color, green);
            for (int y = 0; y < height; y++)
            {
                bool rowHasColor = Channel(y, 0) == channel || Channel(y, 1) == channel;
                for (int x = 0; x < width; x++)
                {
                    int i = y * width + x;
                    if (Channel(y, x) == 1)
                        color[i] = green[i] + NeighborMean(difference, y, x, rowHasColor);
                }
            }
        }

        private void RefineOpposite(Span<T> red, Span<T> blue)
        {
            // One snapshot for both: red at blue sites does not feed blue at red sites.
            var difference = Difference(red, blue);
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int i = y * width + x, channel = Channel(y, x);
                    if (channel == 2)
                        red[i] = blue[i] + LineMean(difference, y, x, _horizontal[i]);
                    else if (channel == 0)
                        blue[i] = red[i] - LineMean(difference, y, x, _horizontal[i]);
                }
            }
        }

        private static T[] Difference(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        {
            var difference = new T[a.Length];
            for (int i = 0; i < difference.Length; i++)
                difference[i] = a[i] - b[i];
            return difference;
        }

        private T NeighborMean(ReadOnlySpan<T> plane, int y, int x, bool horizontal) => horizontal
            ? Half * plane[y * width + _columns[x]] + Half * plane[y * width + _columns[x + 2]]
            : Half * plane[_rows[y] * width + x] + Half * plane[_rows[y + 2] * width + x];

        private T LineMean(ReadOnlySpan<T> plane, int y, int x, bool horizontal)
        {
            var center = plane[y * width + x];
            return horizontal
                ? Third * (plane[y * width + _columns[x]] + center + plane[y * width + _columns[x + 2]])
                : Third * (plane[_rows[y] * width + x] + center + plane[_rows[y + 2] * width + x]);
        }

        private int Channel(int y, int x) => pattern.ChannelAt(y, x);
    }
}
