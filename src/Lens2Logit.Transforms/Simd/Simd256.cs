using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lens2Logit.Simd;

/// <summary>8 floats.</summary>
internal readonly unsafe partial struct Simd256(Vector256<float> value) : ISimd<Simd256>
{
    private readonly Vector256<float> _value = value;

    public static int Lanes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Load(ushort* source) =>
        new(Vector256.ConvertToSingle(Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()).AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target) => _value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreStreaming(float* target) => _value.StoreAlignedNonTemporal(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(byte* target)
    {
        var numbers = Vector256.ConvertToInt32Native(_value);
        var shorts = Vector128.Narrow(numbers.GetLower(), numbers.GetUpper());
        *(ulong*)target = Vector128.Narrow(shorts.AsUInt16(), Vector128<ushort>.Zero).AsUInt64().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator +(Simd256 a, Simd256 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator -(Simd256 a, Simd256 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator *(Simd256 a, Simd256 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator /(Simd256 a, Simd256 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 MultiplyAdd(Simd256 a, Simd256 b, Simd256 c) => new(Vector256.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Min(Simd256 a, Simd256 b) => new(Vector256.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Max(Simd256 a, Simd256 b) => new(Vector256.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Abs(Simd256 a) => new(Vector256.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 GreaterOrEqual(Simd256 a, Simd256 b) => new(Vector256.GreaterThanOrEqual(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Equal(Simd256 a, Simd256 b) => new(Vector256.Equals(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Select(Simd256 mask, Simd256 a, Simd256 b) => new(Vector256.ConditionalSelect(mask._value, a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Mantissa(Simd256 value) =>
        new(((value._value.AsInt32() & Vector256.Create(0x7FFFFF)) | Vector256.Create(0x3F800000)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Exponent(Simd256 value) =>
        new(Vector256.ConvertToSingle((value._value.AsInt32() >>> 23) - Vector256.Create(127)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllFinite(Simd256 value) =>
        Vector256.LessThanAll(value._value.AsInt32() & Vector256.Create(int.MaxValue), Vector256.Create(0x7F800000));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 LookUpOctave(Simd256 value, float* table)
    {
        var exponent = value._value.AsInt32() >>> 23;
        var fine = Vector256.ShuffleNative(Vector256.Load(table + OctaveTable.Fine), exponent & Vector256.Create(7));
        var coarse = Vector256.ShuffleNative(Vector256.Load(table + OctaveTable.Coarse), (exponent >>> 3) & Vector256.Create(7));
        return new(fine * coarse);
    }
}
