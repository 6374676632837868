using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lens2Logit.Simd;

internal readonly unsafe partial struct Simd256 : ISimdWords<Simd256>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 BroadcastWord(uint value) => new(Vector256.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 LoadWords(ushort* source) => new(Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreWords(ushort* target) => Vector128.Narrow(_value.GetLower().AsUInt32(), _value.GetUpper().AsUInt32()).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator &(Simd256 a, Simd256 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator ^(Simd256 a, Simd256 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Xor(Simd256 a, Simd256 b, Simd256 c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 AddWords(Simd256 a, Simd256 b) => new((a._value.AsInt32() + b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 ShiftRightSigned(Simd256 value, int bits) => new((value._value.AsInt32() >> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 ShiftRight(Simd256 value, int bits) => new((value._value.AsInt32() >>> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 ShiftLeft(Simd256 value, int bits) => new((value._value.AsInt32() << bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 MultiplyEven(Simd256 a, Simd256 b)
    {
        if (Avx2.IsSupported)
        {
            return new(Avx2.Multiply(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle());
        }

        var low = Vector256.Create((ulong)uint.MaxValue);
        return new(((a._value.AsUInt64() & low) * (b._value.AsUInt64() & low)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 OddToEven(Simd256 value) => new((value._value.AsUInt64() >>> 32).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 InterleaveEven(Simd256 even, Simd256 odd) =>
        new(Vector256.ConditionalSelect(Vector256.Create((ulong)uint.MaxValue).AsSingle(), even._value, (odd._value.AsUInt64() << 32).AsSingle()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 LookUp(Simd256 words, float* table)
    {
        var position = words._value.AsInt32() & Vector256.Create(7);
        var lower = Vector256.ShuffleNative(Vector256.Load(table), position);
        var upper = Vector256.ShuffleNative(Vector256.Load(table + 8), position);
        return new(Vector256.ConditionalSelect(((words._value.AsInt32() << 28) >> 31).AsSingle(), upper, lower));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 WordsToNumbers(Simd256 words) => new(Vector256.ConvertToSingle(words._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 NumbersToWords(Simd256 numbers) => new(Vector256.ConvertToInt32Native(numbers._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 FusedMultiplyAdd(Simd256 a, Simd256 b, Simd256 c) =>
        new(Vector256.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Sqrt(Simd256 value) => new(Vector256.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 ReciprocalEstimate(Simd256 value) =>
        new(Avx.IsSupported ? Avx.Reciprocal(value._value) : Vector256<float>.One / value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Floor(Simd256 value) => new(Vector256.Floor(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Round(Simd256 value) => new(Vector256.Round(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaskBits(Simd256 mask) => mask._value.ExtractMostSignificantBits();
}
