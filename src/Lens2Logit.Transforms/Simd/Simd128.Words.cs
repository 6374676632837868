using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Lens2Logit.Simd;

internal readonly unsafe partial struct Simd128 : ISimdWords<Simd128>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 BroadcastWord(uint value) => new(Vector128.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 LoadWords(ushort* source) => new(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreWords(ushort* target) => *(ulong*)target = Vector128.Narrow(_value.AsUInt32(), Vector128<uint>.Zero).AsUInt64().ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator &(Simd128 a, Simd128 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator ^(Simd128 a, Simd128 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Xor(Simd128 a, Simd128 b, Simd128 c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 AddWords(Simd128 a, Simd128 b) => new((a._value.AsInt32() + b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 ShiftRightSigned(Simd128 value, int bits) => new((value._value.AsInt32() >> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 ShiftRight(Simd128 value, int bits) => new((value._value.AsInt32() >>> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 ShiftLeft(Simd128 value, int bits) => new((value._value.AsInt32() << bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 MultiplyEven(Simd128 a, Simd128 b)
    {
        if (Sse2.IsSupported)
        {
            return new(Sse2.Multiply(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle());
        }

        if (AdvSimd.IsSupported)
        {
            var (left, right) = (AdvSimd.ExtractNarrowingLower(a._value.AsUInt64()), AdvSimd.ExtractNarrowingLower(b._value.AsUInt64()));
            return new(AdvSimd.MultiplyWideningLower(left, right).AsSingle());
        }

        var low = Vector128.Create((ulong)uint.MaxValue);
        return new(((a._value.AsUInt64() & low) * (b._value.AsUInt64() & low)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 OddToEven(Simd128 value) => new((value._value.AsUInt64() >>> 32).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 InterleaveEven(Simd128 even, Simd128 odd) =>
        new(Vector128.ConditionalSelect(Vector128.Create((ulong)uint.MaxValue).AsSingle(), even._value, (odd._value.AsUInt64() << 32).AsSingle()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 LookUp(Simd128 words, float* table)
    {
        var position = words._value.AsInt32() & Vector128.Create(3);
        Vector128<float> isOdd = ((words._value.AsInt32() << 29) >> 31).AsSingle(), isUpper = ((words._value.AsInt32() << 28) >> 31).AsSingle();
        var lower = Vector128.ConditionalSelect(isOdd, Entry(4), Entry(0));
        var upper = Vector128.ConditionalSelect(isOdd, Entry(12), Entry(8));
        return new(Vector128.ConditionalSelect(isUpper, upper, lower));

        Vector128<float> Entry(int quarter) => Vector128.ShuffleNative(Vector128.Load(table + quarter), position);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 WordsToNumbers(Simd128 words) => new(Vector128.ConvertToSingle(words._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 NumbersToWords(Simd128 numbers) => new(Vector128.ConvertToInt32Native(numbers._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 FusedMultiplyAdd(Simd128 a, Simd128 b, Simd128 c) =>
        new(Vector128.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Sqrt(Simd128 value) => new(Vector128.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 ReciprocalEstimate(Simd128 value) =>
        new(Sse.IsSupported ? Sse.Reciprocal(value._value) : Vector128<float>.One / value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Floor(Simd128 value) => new(Vector128.Floor(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Round(Simd128 value) => new(Vector128.Round(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaskBits(Simd128 mask) => mask._value.ExtractMostSignificantBits();
}
