using System.Buffers;
using Lens2Logit.Demosaicing;

namespace Lens2Logit.Isp.Fused;

/// <summary>
/// Develops a band of rows of one image, row by row. Each stage keeps its latest rows in a ring, and computes the rows that the next
/// stage asks for; so the image is read once and written once, and what is between stays in the cache.
/// <code>
///   raw ──→ mosaic ──→ R, G, B, Y ──────────────────────────→ output row y
///           − black    demosaic × white balance × matrix        + (Y″ − Y), clip, gamma
///           rows ±2    │                                        ↑
///                      └─ Y ──→ Y′ ──→ columns of Y″ ──→ Y″ ────┘
///                               sharpen    denoise       denoise along the row
///                               rows ±1 (s), ±4 (u)      rows ±1 (me), ±2 (ga)
/// </code>
/// A pixel's arithmetic does not depend on the band: any division of an image into bands gives the same image.
/// </summary>
/// <remarks>The rings lie in a rented array; nothing is allocated.</remarks>
internal unsafe ref struct RowPipeline<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    private const int MosaicRows = 8;

    private readonly FusedPlan _plan;
    private readonly IspConfiguration _configuration;
    private readonly int _height, _width, _sharpenReach, _denoiseReach;
    private readonly float* _raw;
    private readonly float* _rgb;
    private RowRing _mosaic, _red, _green, _blue, _luma, _sharp;
    private float* _zeros, _temporary0, _temporary1, _temporary2;
    private int _nextMosaic, _nextColor, _nextSharp;

    private RowPipeline(FusedPlan plan, float* raw, int height, int width, float* rgb)
    {
        (_plan, _height, _width) = (plan, height, width);
        _raw = raw;
        _rgb = rgb;
        _configuration = plan.Isp.Configuration;
        _sharpenReach = _configuration.Sharpening == SharpeningMethod.Filter ? 1 : 4;
        _denoiseReach = _configuration.Denoising == DenoisingMethod.Median ? 1 : 2;
    }

    /// <summary>Develops the rows from <paramref name="begin"/> up to, not including, <paramref name="end"/>.</summary>
    /// <returns>False if a pixel is not finite; the band's content is then undefined.</returns>
    public static bool Run(FusedPlan plan, float* raw, int height, int width, float* rgb, int begin, int end)
    {
        var pipeline = new RowPipeline<TVector>(plan, raw, height, width, rgb);
        int reach = pipeline._sharpenReach + pipeline._denoiseReach, stride = RowRing.Stride(width);
        int colorRows = PowerOfTwo(reach + 1), lumaRows = PowerOfTwo(reach + 1 + Math.Max(0, pipeline._sharpenReach - pipeline._denoiseReach));
        int sharpRows = PowerOfTwo(2 * pipeline._denoiseReach + 1);
        int slots = MosaicRows + 3 * colorRows + lumaRows + sharpRows + 4;
        var buffer = ArrayPool<float>.Shared.Rent(slots * stride + SimdLimits.MaximumLanes);
        fixed (float* start = buffer)
        {
            float* next = (float*)(((nuint)start + 63) & ~(nuint)63) + RowRing.Margin;
            pipeline._mosaic = Ring(MosaicRows);
            pipeline._red = Ring(colorRows);
            pipeline._green = Ring(colorRows);
            pipeline._blue = Ring(colorRows);
            pipeline._luma = Ring(lumaRows);
            pipeline._sharp = Ring(sharpRows);
            pipeline._zeros = Ring(1)[0];
            pipeline._temporary0 = Ring(1)[0];
            pipeline._temporary1 = Ring(1)[0];
            pipeline._temporary2 = Ring(1)[0];
            new Span<float>(pipeline._zeros - RowRing.Margin, stride).Clear();
            bool finite = pipeline.Develop(begin, end);
            ArrayPool<float>.Shared.Return(buffer);
            return finite;

            RowRing Ring(int capacity)
            {
                var ring = new RowRing(next, stride, capacity);
                next += capacity * stride;
                return ring;
            }
        }
    }

    private bool Develop(int begin, int end)
    {
        _nextSharp = Math.Max(0, begin - _denoiseReach);
        _nextColor = Math.Max(0, Math.Min(begin, _nextSharp - _sharpenReach));
        _nextMosaic = Math.Max(0, _nextColor - 2);
        for (int y = begin; y < end; y++)
        {
            for (int last = Math.Min(y + _denoiseReach, _height - 1); _nextSharp <= last; _nextSharp++)
            {
                for (int lastColor = Math.Min(_nextSharp + _sharpenReach, _height - 1); _nextColor <= lastColor; _nextColor++)
                {
                    for (int lastMosaic = Math.Min(_nextColor + 2, _height - 1); _nextMosaic <= lastMosaic; _nextMosaic++)
                    {
                        if (!ReadRow(_nextMosaic))
                            return false;
                    }
                    DemosaicRow(_nextColor);
                }
                SharpenRow(_nextSharp);
            }
            WriteRow(y);
        }
        return true;
    }

    private readonly bool ReadRow(int row)
    {
        float* mosaic = _mosaic[row];
        float* black = _plan.BlackLevel + 2 * (row & 1);
        bool finite = DemosaicRows<TVector>.SubtractBlack(_raw + (nint)row * _width, _width, black[0], black[1], mosaic);
        if (_plan.Linear!.IsBilinear)
            RowRing.ExtendZero(mosaic, _width, 2);
        else
            RowRing.ExtendSymmetric(mosaic, _width, 2);
        return finite;
    }

    private readonly void DemosaicRow(int row)
    {
        var color = Color(row);
        var weights = _plan.Linear!;
        if (weights.IsBilinear)
        {
            float* above = row > 0 ? _mosaic[row - 1] : _zeros, center = _mosaic[row], below = row < _height - 1 ? _mosaic[row + 1] : _zeros;
            DemosaicRows<TVector>.Bilinear(above, center, below, _width, weights.ForRow(row, _height), color);
            AddEdgeColumn(row, 0, color);
            AddEdgeColumn(row, _width - 1, color);
        }
        else
        {
            DemosaicRows<TVector>.Malvar(Mosaic(row - 2), Mosaic(row - 1), Mosaic(row), Mosaic(row + 1), Mosaic(row + 2), _width,
                weights.ForRow(row, _height), color);
        }
        // Sharpening sees zeros beyond the image; the unsharp mask's rows are extended after its blur along columns.
        RowRing.ExtendZero(color.Luma, _width, 1);
    }

    private readonly void AddEdgeColumn(int row, int column, ColorRow color)
    {
        Span<float> rgb = [color.Red[column], color.Green[column], color.Blue[column]];
        _plan.Linear!.AddEdgeColumn(Mosaic(row - 1)[column], Mosaic(row)[column], Mosaic(row + 1)[column], row, _height, column, rgb);
        (color.Red[column], color.Green[column], color.Blue[column]) = (rgb[0], rgb[1], rgb[2]);
        color.Luma[column] = (float)IspKernels.Luma[0] * rgb[0] + (float)IspKernels.Luma[1] * rgb[1] + (float)IspKernels.Luma[2] * rgb[2];
    }

    private readonly void SharpenRow(int row)
    {
        float* target = _sharp[row];
        if (_configuration.Sharpening == SharpeningMethod.Filter)
        {
            float* above = row > 0 ? _luma[row - 1] : _zeros, below = row < _height - 1 ? _luma[row + 1] : _zeros;
            LumaRows<TVector>.Sharpen(above, _luma[row], below, _width, target);
        }
        else
        {
            float** rows = stackalloc float*[9];
            for (int i = 0; i < 9; i++)
                rows[i] = _luma[RowRing.Symmetric(row + i - 4, _height)];
            LumaRows<TVector>.Blur9Rows(rows, _plan.UnsharpKernel, _width, _temporary0);
            if (_configuration.Sharpening == SharpeningMethod.VerticalUnsharpMask)
            {
                LumaRows<TVector>.UnsharpVertical(_luma[row], _temporary0, _width, target);
            }
            else
            {
                RowRing.ExtendSymmetric(_temporary0, _width, 4);
                LumaRows<TVector>.Unsharp(_luma[row], _temporary0, _plan.UnsharpKernel, _width, target);
            }
        }
    }

    private readonly void WriteRow(int row)
    {
        if (_configuration.Denoising == DenoisingMethod.Median)
        {
            LumaRows<TVector>.SortColumns(Sharp(row - 1), Sharp(row), Sharp(row + 1), _width, _temporary0, _temporary1, _temporary2);
            RowRing.ExtendSymmetric(_temporary0, _width, 1);
            RowRing.ExtendSymmetric(_temporary1, _width, 1);
            RowRing.ExtendSymmetric(_temporary2, _width, 1);
        }
        else
        {
            float** rows = stackalloc float*[5];
            for (int i = 0; i < 5; i++)
                rows[i] = Sharp(row + i - 2);
            LumaRows<TVector>.Blur5Rows(rows, _plan.DenoisingKernel, _width, _temporary0);
            RowRing.ExtendSymmetric(_temporary0, _width, 2);
        }

        // Kernels write whole vectors, and nothing may be written beyond the row: its rest goes through a buffer.
        nint plane = (nint)_height * _width, offset = (nint)row * _width;
        var target = new OutputRow(_rgb + offset, _rgb + plane + offset, _rgb + 2 * plane + offset);
        int whole = _width & -TVector.Lanes, rest = _width - whole;
        Finish(row, 0, whole, target);
        if (rest > 0)
        {
            const int lanes = SimdLimits.MaximumLanes;
            float* buffer = stackalloc float[3 * lanes];
            Finish(row, whole, rest, new(buffer, buffer + lanes, buffer + 2 * lanes));
            new Span<float>(buffer, rest).CopyTo(new(target.Red + whole, rest));
            new Span<float>(buffer + lanes, rest).CopyTo(new(target.Green + whole, rest));
            new Span<float>(buffer + 2 * lanes, rest).CopyTo(new(target.Blue + whole, rest));
        }
    }

    private readonly void Finish(int row, int x, int count, OutputRow target)
    {
        var color = new ColorRow(_red[row] + x, _green[row] + x, _blue[row] + x, _luma[row] + x);
        if (_configuration.Denoising == DenoisingMethod.Median)
            OutputRows<TVector>.Median(_temporary0 + x, _temporary1 + x, _temporary2 + x, color, _plan.Gamma, count, target);
        else
            OutputRows<TVector>.Gaussian(_temporary0 + x, _plan.DenoisingKernel, color, _plan.Gamma, count, target);
    }

    private readonly float* Mosaic(int row) => _mosaic[RowRing.Symmetric(row, _height)];

    private readonly float* Sharp(int row) => _sharp[RowRing.Symmetric(row, _height)];

    private readonly ColorRow Color(int row) => new(_red[row], _green[row], _blue[row], _luma[row]);

    private static int PowerOfTwo(int count) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count);
}
