using System.Runtime.CompilerServices;

namespace Lens2Logit.Simd;

/// <summary>The numbers of which a tensor consists: a type, so that kernels are compiled for each. Inside them all are float32.</summary>
internal unsafe interface IElement<TVector>
    where TVector : unmanaged, ISimdWords<TVector>
{
    /// <summary>Bytes of a number.</summary>
    static abstract int Size { get; }

    static abstract TVector Load(byte* source);

    /// <summary>One number.</summary>
    static abstract float Read(byte* source);

    static abstract void Store(TVector value, byte* target);
}

/// <summary>32 bits.</summary>
internal readonly unsafe struct SingleElement<TVector> : IElement<TVector>
    where TVector : unmanaged, ISimdWords<TVector>
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(byte* source) => TVector.Load((float*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(byte* source) => *(float*)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, byte* target) => value.Store((float*)target);
}

/// <summary>The upper half of a float32.</summary>
internal readonly unsafe struct BFloat16Element<TVector> : IElement<TVector>
    where TVector : unmanaged, ISimdWords<TVector>
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(byte* source) => TVector.ShiftLeft(TVector.LoadWords((ushort*)source), 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(byte* source) => BitConverter.Int32BitsToSingle(*(ushort*)source << 16);

    /// <summary>Rounded to the nearest, of two the even one. NaN stays NaN unless all bits of its mantissa are set, which arithmetic does not give.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, byte* target)
    {
        var odd = TVector.ShiftRight(value, 16) & TVector.BroadcastWord(1);
        var rounded = TVector.AddWords(TVector.AddWords(value, TVector.BroadcastWord(0x7FFF)), odd);
        TVector.ShiftRight(rounded, 16).StoreWords((ushort*)target);
    }
}
