using System.Runtime.CompilerServices;

namespace Lens2Logit.Simd;

/// <summary>How a kernel stores its vectors: a type, so that the kernel is compiled for each way and does not ask in its loop.</summary>
internal unsafe interface IVectorStore<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    static abstract void Store(TVector value, float* target);
}

/// <summary>As usual.</summary>
internal readonly unsafe struct CachedStore<TVector> : IVectorStore<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, float* target) => value.Store(target);
}

/// <summary>Past the caches; the target is aligned to the vector's size.</summary>
internal readonly unsafe struct StreamingStore<TVector> : IVectorStore<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, float* target) => value.StoreStreaming(target);
}
