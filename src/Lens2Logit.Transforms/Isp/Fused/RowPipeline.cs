using System.Buffers;
using Lens2Logit.Simd;

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
/// Fourier denoising filters rows of R, G, B + (Y′ − Y) instead of luma.
/// A pixel's arithmetic does not depend on the band: any division of an image into bands gives the same image.
/// </summary>
/// <remarks>The rings lie in a rented array; nothing is allocated.</remarks>
internal unsafe ref struct RowPipeline<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    private readonly FusedPlan _plan;
    private readonly IspConfiguration _configuration;
    private readonly int _height, _width, _sharpenReach, _denoiseReach;
    private readonly ViewPixels _view;
    private readonly RowRing _red, _green, _blue, _luma, _sharp;
    private readonly float* _zeros;
    private readonly float* _temporary0;
    private readonly float* _temporary1;
    private readonly float* _temporary2;
    private readonly float* _fourier;
    private readonly OutputRow _finished;
    private LinearDemosaicStage<TVector> _linear;
    private MenonStage<TVector> _menon;
    private int _nextColor, _nextSharp;

    private RowPipeline(FusedPlan plan, RawPixels raw, int height, int width, ViewPixels view, int begin, RowCounts counts, ref RowMemory memory)
    {
        (_plan, _configuration, _height, _width) = (plan, plan.Isp.Configuration, height, width);
        _view = view;
        (_sharpenReach, _denoiseReach) = (counts.SharpenReach, counts.DenoiseReach);
        (_red, _green, _blue) = (memory.Take(counts.Color), memory.Take(counts.Color), memory.Take(counts.Color));
        (_luma, _sharp) = (memory.Take(counts.Luma), memory.Take(counts.Sharp));
        _zeros = memory.TakeZeros();
        _temporary0 = memory.Take(1)[0];
        _temporary1 = memory.Take(1)[0];
        _temporary2 = memory.Take(1)[0];
        if (counts.FinishedRows > 0)
            _finished = new(memory.Take(1)[0], memory.Take(1)[0], memory.Take(1)[0]);
        if (_configuration.Denoising == DenoisingMethod.Fourier)
        {
            _fourier = memory.Take(FourierRows<TVector>.Slots)[0];
            FourierRows<TVector>.FillKernel(width, _fourier);
        }
        _nextSharp = Math.Max(0, begin - _denoiseReach);
        _nextColor = Math.Max(0, _nextSharp - _sharpenReach);
        if (plan.Linear is null)
            _menon = new(plan, raw, height, width, _nextColor, ref memory);
        else
            _linear = new(plan, raw, height, width, _nextColor, ref memory);
    }

    /// <summary>Develops the rows from <paramref name="begin"/> up to, not including, <paramref name="end"/>.</summary>
    /// <returns>False if a pixel is not finite; the band's content is then undefined.</returns>
    public static bool Run(FusedPlan plan, RawPixels raw, int height, int width, ViewPixels view, int begin, int end)
    {
        var counts = new RowCounts(plan.Isp.Configuration, view.Storage);
        int stride = RowRing.Stride(width);
        // Beside the rings: a row of zeros, and three temporary ones.
        int floats = (counts.Total + 4) * stride
            + (plan.Linear is null ? MenonStage<TVector>.Floats(width) : LinearDemosaicStage<TVector>.Floats(width));
        var buffer = ArrayPool<float>.Shared.Rent(floats + SimdLimits.MaximumLanes);
        try
        {
            fixed (float* start = buffer)
            {
                var memory = new RowMemory(SimdLimits.Align(start), stride);
                return new RowPipeline<TVector>(plan, raw, height, width, view, begin, counts, ref memory).Develop(begin, end);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private bool Develop(int begin, int end)
    {
        for (int y = begin; y < end; y++)
        {
            for (int last = Math.Min(y + _denoiseReach, _height - 1); _nextSharp <= last; _nextSharp++)
            {
                for (int lastColor = Math.Min(_nextSharp + _sharpenReach, _height - 1); _nextColor <= lastColor; _nextColor++)
                {
                    if (!DemosaicRow(_nextColor))
                        return false;
                }
                SharpenRow(_nextSharp);
            }
            WriteRow(y);
        }
        // Stores past the caches become visible to other threads in any order, unless something waits for them.
        if (_view.Storage == ViewStorage.SingleStreaming)
            Interlocked.MemoryBarrier();
        return true;
    }

    private bool DemosaicRow(int row)
    {
        var color = Color(row);
        if (!(_plan.Linear is null ? _menon.Demosaic(row, color) : _linear.Demosaic(row, color)))
            return false;
        // Sharpening sees zeros beyond the image; the unsharp mask extends its rows only after blurring along columns.
        RowRing.ExtendZero(color.Luma, _width, 1);
        return true;
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
        switch (_configuration.Denoising)
        {
            case DenoisingMethod.Median: SortColumns(row); break;
            case DenoisingMethod.Gaussian: BlurColumns(row); break;
            case DenoisingMethod.Fourier: FilterColors(row); break;
        }
        nint plane = (nint)_height * _width, offset = (nint)row * _width;
        if (_view.Storage == ViewStorage.Byte)
        {
            Finish(row, 0, _width, _finished);
            _view.Write<TVector>(_finished, _width, offset, plane);
            return;
        }
        // Kernels write whole vectors, and nothing may be written beyond the row: what is less than one at its ends goes through a buffer.
        var target = _view.Row(offset, plane);
        int first = target.IsStreaming ? Math.Min(ToAligned(target.Red), _width) : 0, rest = (_width - first) % TVector.Lanes, last = _width - rest;
        FinishPart(row, 0, first, target);
        Finish(row, first, last - first, new(target.Red + first, target.Green + first, target.Blue + first, target.IsStreaming));
        FinishPart(row, last, rest, target);
    }

    private readonly void FinishPart(int row, int x, int count, OutputRow target)
    {
        if (count == 0)
            return;
        const int lanes = SimdLimits.MaximumLanes;
        float* buffer = stackalloc float[3 * lanes];
        Finish(row, x, count, new(buffer, buffer + lanes, buffer + 2 * lanes));
        new Span<float>(buffer, count).CopyTo(new(target.Red + x, count));
        new Span<float>(buffer + lanes, count).CopyTo(new(target.Green + x, count));
        new Span<float>(buffer + 2 * lanes, count).CopyTo(new(target.Blue + x, count));
    }

    /// <summary>Floats from an address to the next that is aligned to a vector's size.</summary>
    private static int ToAligned(float* address) => (int)(-((nint)address / sizeof(float)) & (TVector.Lanes - 1));

    private readonly void SortColumns(int row)
    {
        LumaRows<TVector>.SortColumns(Sharp(row - 1), Sharp(row), Sharp(row + 1), _width, _temporary0, _temporary1, _temporary2);
        RowRing.ExtendSymmetric(_temporary0, _width, 1);
        RowRing.ExtendSymmetric(_temporary1, _width, 1);
        RowRing.ExtendSymmetric(_temporary2, _width, 1);
    }

    private readonly void BlurColumns(int row)
    {
        float** rows = stackalloc float*[5];
        for (int i = 0; i < 5; i++)
            rows[i] = Sharp(row + i - 2);
        LumaRows<TVector>.Blur5Rows(rows, _plan.DenoisingKernel, _width, _temporary0);
        RowRing.ExtendSymmetric(_temporary0, _width, 2);
    }

    /// <summary>The filtered colours take the place of the row's colours, of which nothing else is made.</summary>
    private readonly void FilterColors(int row)
    {
        var sharpened = new OutputRow(_temporary0, _temporary1, _temporary2);
        OutputRows<TVector>.Sharpened(_sharp[row], Color(row), _width, sharpened);
        FourierRows<TVector>.Filter(sharpened, _fourier, _width, Color(row));
    }

    private readonly void Finish(int row, int x, int count, OutputRow target)
    {
        if (target.IsStreaming)
            Finish<StreamingStore<TVector>>(row, x, count, target);
        else
            Finish<CachedStore<TVector>>(row, x, count, target);
    }

    private readonly void Finish<TStore>(int row, int x, int count, OutputRow target)
        where TStore : IVectorStore<TVector>
    {
        var color = new ColorRow(_red[row] + x, _green[row] + x, _blue[row] + x, _luma[row] + x);
        switch (_configuration.Denoising)
        {
            case DenoisingMethod.Median:
                OutputRows<TVector>.Median<TStore>(_temporary0 + x, _temporary1 + x, _temporary2 + x, color, _plan.Gamma, count, target);
                break;
            case DenoisingMethod.Gaussian:
                OutputRows<TVector>.Gaussian<TStore>(_temporary0 + x, _plan.DenoisingKernel, color, _plan.Gamma, count, target);
                break;
            case DenoisingMethod.Fourier:
                OutputRows<TVector>.Change<TStore>(_zeros + x, color, _plan.Gamma.Table, 0, count, target);
                break;
        }
    }

    private readonly float* Sharp(int row) => _sharp[RowRing.Symmetric(row, _height)];

    private readonly ColorRow Color(int row) => new(_red[row], _green[row], _blue[row], _luma[row]);

    /// <summary>How far stages reach, and how many rows their rings hold.</summary>
    private readonly struct RowCounts(IspConfiguration configuration, ViewStorage storage)
    {
        public int SharpenReach { get; } = configuration.Sharpening == SharpeningMethod.Filter ? 1 : 4;

        public int DenoiseReach { get; } = configuration.Denoising switch { DenoisingMethod.Median => 1, DenoisingMethod.Gaussian => 2, _ => 0 };

        /// <summary>Rows of the view before they become bytes.</summary>
        public int FinishedRows { get; } = storage == ViewStorage.Byte ? 3 : 0;

        public int FourierRows { get; } = configuration.Denoising == DenoisingMethod.Fourier ? FourierRows<TVector>.Slots : 0;

        // From the row that is written to the newest, and for sharpening to the oldest that it still needs.
        public int Color => PowerOfTwo(SharpenReach + DenoiseReach + 1);

        public int Luma => PowerOfTwo(SharpenReach + Math.Max(SharpenReach, DenoiseReach) + 1);

        public int Sharp => PowerOfTwo(2 * DenoiseReach + 1);

        public int Total => 3 * Color + Luma + Sharp + FinishedRows + FourierRows;

        private static int PowerOfTwo(int count) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count);
    }
}
