using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lens2Logit.Simd;

internal readonly unsafe partial struct Simd512 : ISimdWords<Simd512>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 BroadcastWord(uint value) => new(Vector512.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 LoadWords(ushort* source) => new(Vector512.WidenLower(Vector256.Load(source).ToVector512Unsafe()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreWords(ushort* target) => Vector256.Narrow(_value.GetLower().AsUInt32(), _value.GetUpper().AsUInt32()).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator &(Simd512 a, Simd512 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator ^(Simd512 a, Simd512 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Xor(Simd512 a, Simd512 b, Simd512 c) =>
        Avx512F.IsSupported ? new(Avx512F.TernaryLogic(a._value, b._value, c._value, 0x96)) : a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 AddWords(Simd512 a, Simd512 b) => new((a._value.AsInt32() + b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 ShiftRightSigned(Simd512 value, int bits) => new((value._value.AsInt32() >> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 ShiftRight(Simd512 value, int bits) => new((value._value.AsInt32() >>> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 ShiftLeft(Simd512 value, int bits) => new((value._value.AsInt32() << bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 MultiplyEven(Simd512 a, Simd512 b)
    {
        if (Avx512F.IsSupported)
        {
            return new(Avx512F.Multiply(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle());
        }

        var low = Vector512.Create((ulong)uint.MaxValue);
        return new(((a._value.AsUInt64() & low) * (b._value.AsUInt64() & low)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 OddToEven(Simd512 value) => new((value._value.AsUInt64() >>> 32).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 InterleaveEven(Simd512 even, Simd512 odd) =>
        new(Vector512.ConditionalSelect(Vector512.Create((ulong)uint.MaxValue).AsSingle(), even._value, (odd._value.AsUInt64() << 32).AsSingle()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 LookUp(Simd512 words, float* table)
    {
        if (Avx512F.IsSupported)
        {
            return new(Avx512F.PermuteVar16x32(Vector512.Load(table), words._value.AsInt32()));
        }

        return new(Vector512.Shuffle(Vector512.Load(table), words._value.AsInt32() & Vector512.Create(15)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 WordsToNumbers(Simd512 words) => new(Vector512.ConvertToSingle(words._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 NumbersToWords(Simd512 numbers) => new(Vector512.ConvertToInt32Native(numbers._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 FusedMultiplyAdd(Simd512 a, Simd512 b, Simd512 c) =>
        new(Vector512.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Sqrt(Simd512 value) => new(Vector512.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 ReciprocalEstimate(Simd512 value) =>
        new(Avx512F.IsSupported ? Avx512F.Reciprocal14(value._value) : Vector512<float>.One / value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Floor(Simd512 value) => new(Vector512.Floor(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Round(Simd512 value) => new(Vector512.Round(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaskBits(Simd512 mask) => (uint)mask._value.ExtractMostSignificantBits();
}
