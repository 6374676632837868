using Lens2Logit.Isp;
using Lens2Logit.Isp.Fused;
using Lens2Logit.Simd;

namespace Lens2Logit.Benchmarks;

/// <summary>The kernels of the fused static ISP, each by itself.</summary>
internal static unsafe class RowPassCases<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    private const int Size = 256, Sites = Size / 2, Slots = 64;

    private delegate void Pass(Rows rows, int row);

    public static IReadOnlyList<TimedCase> All() =>
    [
        Case("linear, black level", (r, y) => DemosaicRows<TVector>.SubtractBlack(r.Raw[y], Size, 0.06f, 0.06f, r.Mosaic[y])),
        Case("bi, demosaicing and colours", (r, y) => DemosaicRows<TVector>.Bilinear(r.Mosaic[y], r.Mosaic[y + 1], r.Mosaic[y + 2], Size, r.Bilinear.ForRow(1 + (y & 1), Size), r.Color(y))),
        Case("ma, demosaicing and colours", (r, y) => DemosaicRows<TVector>.Malvar(r.Mosaic[y], r.Mosaic[y + 1], r.Mosaic[y + 2], r.Mosaic[y + 3], r.Mosaic[y + 4],
            Size, r.Malvar.ForRow(1 + (y & 1), Size), r.Color(y))),
        Case("me, black level, rows in halves", (r, y) => MenonRows<TVector>.Split(r.Raw[y], Size, 0.06f, 0.06f, r.Measured[y], r.Green[y])),
        Case("me, differences", (r, y) => MenonRows<TVector>.Differences(r.Measured[y], r.Green[y + 1], r.Split(y + 2), r.Green[y + 3], r.Measured[y + 4],
            Sites, r.Target[y], r.Target[y + 1], r.Target[y + 2])),
        Case("me, direction", (r, y) =>
        {
            float** gradients = stackalloc float*[5], across = stackalloc float*[5];
            r.Around(r.Measured, y, gradients);
            r.Around(r.Green, y, across);
            MenonRows<TVector>.Decide(gradients, across, r.Mosaic[y], y & 1, Sites, r.Target[y], r.Target[y + 1]);
        }),
        Case("me, refinement", (r, y) =>
        {
            float** rows = stackalloc float*[5];
            r.Around(r.Measured, y, rows);
            MenonRows<TVector>.Refine(rows, r.Green[y], y & 1, Sites, r.Target[y], r.Target[y + 1]);
        }),
        Case("me, colours", (r, y) =>
        {
            float** rows = stackalloc float*[5];
            r.Around(r.Measured, y, rows);
            MenonRows<TVector>.Assemble(rows, r.Split(y), r.Mosaic[y], r.Mosaic[y + 1], Sites, r.Plan.Colors, r.Color(y));
        }),
        Case("s, filter 3×3", (r, y) => LumaRows<TVector>.Sharpen(r.Luma[y], r.Luma[y + 1], r.Luma[y + 2], Size, r.Target[y])),
        Case("u, blur along columns", (r, y) =>
        {
            float** rows = stackalloc float*[9];
            for (int i = 0; i < 9; i++)
                rows[i] = r.Tall[y + i];
            LumaRows<TVector>.Blur9Rows(rows, r.Plan.UnsharpKernel, Size, r.Target[y]);
        }),
        Case("u, blur along rows", (r, y) => LumaRows<TVector>.Unsharp(r.Luma[y], r.Luma[y + 1], r.Plan.UnsharpKernel, Size, r.Target[y])),
        Case("ga, blur along columns", (r, y) =>
        {
            float** rows = stackalloc float*[5];
            r.Around(r.Luma, y, rows);
            LumaRows<TVector>.Blur5Rows(rows, r.Plan.DenoisingKernel, Size, r.Target[y]);
        }),
        Case("ga, blur along rows, clip, gamma, view", (r, y) =>
            OutputRows<TVector>.Gaussian<CachedStore<TVector>>(r.Luma[y], r.Plan.DenoisingKernel, r.Color(y), r.Plan.Gamma, Size, r.View(y))),
    ];

    private static TimedCase Case(string name, Pass pass) => new(name, IspSuite.Unit, Size * Size / 1e6, () =>
    {
        var rows = new Rows();
        return new(() =>
        {
            for (int y = 0; y < Size; y++)
                pass(rows, y);
        });
    });

    /// <summary>Rings of noise, and what the kernels need beside them.</summary>
    private sealed class Rows
    {
        private readonly float[] _memory = GC.AllocateArray<float>((Slots + 1) * RowRing.Stride(Size), pinned: true);
        private readonly float[] _view = GC.AllocateArray<float>(3 * Size * Size, pinned: true);
        private readonly RowRing _red, _green, _blue;

        public Rows()
        {
            var random = new Random(1);
            fixed (float* start = _memory)
            {
                var memory = RowMemory.Cleared(start, Slots, RowRing.Stride(Size));
                (Raw, Mosaic, Target, Luma) = (memory.Take(4), memory.Take(8), memory.Take(4), memory.Take(8));
                (_red, _green, _blue) = (memory.Take(4), memory.Take(4), memory.Take(4));
                Tall = memory.Take(16);
                // Rows in halves take half the memory.
                int half = RowRing.Stride(Sites);
                (Measured, Green) = (memory.Take(8, half), memory.Take(8, half));
            }
            for (int i = 0; i < _memory.Length; i++)
                _memory[i] = 0.1f + 0.8f * random.NextSingle();
        }

        public RowRing Raw { get; }

        public RowRing Mosaic { get; }

        public RowRing Measured { get; }

        public RowRing Green { get; }

        public RowRing Luma { get; }

        public RowRing Tall { get; }

        public RowRing Target { get; }

        public FusedPlan Plan { get; } = PlanOf("me,u,ga");

        public LinearDemosaicWeights Bilinear { get; } = PlanOf("bi,s,ga").Linear!;

        public LinearDemosaicWeights Malvar { get; } = PlanOf("ma,s,ga").Linear!;

        public ColorRow Color(int row) => new(_red[row], _green[row], _blue[row], Luma[row]);

        public SplitRow Split(int row) => new(Measured[row], Green[row], row & 1);

        public OutputRow View(int row)
        {
            float* first = (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _view[row * Size]);
            return new(first, first + Size * Size, first + 2 * Size * Size);
        }

        public void Around(RowRing ring, int row, float** rows)
        {
            for (int i = 0; i < 5; i++)
                rows[i] = ring[row + i];
        }

        private static FusedPlan PlanOf(string configuration) => new StaticIsp(CameraParameters.RawDrone, IspConfiguration.Parse(configuration)).Plan!;
    }
}
