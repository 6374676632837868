using System.Runtime.CompilerServices;
using Lens2Logit.RandomNumbers;
using Lens2Logit.Simd;

namespace Lens2Logit.Sensors.Fused;

/// <summary>
/// Blocks 0 of the <see cref="PixelStream"/>s of consecutive places of one image, a place to two lanes; <see cref="Philox4x32"/> says what
/// it computes.
/// </summary>
/// <remarks>
/// Each word has the lower half of 64 bits: a product then leaves both of its words where the next round wants them, and what the upper
/// halves hold is never looked at. Of the counter only the place varies, so a part of the first two rounds is the same for all places.
/// </remarks>
internal unsafe struct PhiloxLanes<TVector>
    where TVector : unmanaged, ISimdWords<TVector>
{
    private const int SharedRounds = 2;

    private readonly uint _firstMixed2, _secondMixed0, _secondMixed2, _secondWord3;
    private fixed uint _keys[2 * (Philox4x32.Rounds - SharedRounds)];

    /// <summary>Computes what all places share.</summary>
    public PhiloxLanes(uint key0, uint key1, ulong rowKey)
    {
        // Round 1 of the counter (place, 0, low, high): words 0 and 1 do not depend on the place.
        var product1 = Philox4x32.Multiplier1 * (ulong)(uint)rowKey;
        uint word0 = (uint)(product1 >> 32) ^ key0, word1 = (uint)product1;
        _firstMixed2 = (uint)(rowKey >> 32) ^ key1;

        // Round 2: the product with word 0 does not either.
        var product0 = Philox4x32.Multiplier0 * (ulong)word0;
        _secondMixed0 = word1 ^ (key0 + Philox4x32.KeyStep0);
        _secondMixed2 = (uint)(product0 >> 32) ^ (key1 + Philox4x32.KeyStep1);
        _secondWord3 = (uint)product0;
        for (uint round = SharedRounds; round < Philox4x32.Rounds; round++)
        {
            _keys[2 * (round - SharedRounds)] = key0 + (round * Philox4x32.KeyStep0);
            _keys[(2 * (round - SharedRounds)) + 1] = key1 + (round * Philox4x32.KeyStep1);
        }
    }

    /// <summary>The upper words of a row's uniform numbers, from the pixel at an even column on.</summary>
    /// <param name="place">The place of that pixel.</param>
    /// <param name="count">How many pixels; so many are written, rounded up to pairs of vectors.</param>
    /// <param name="charge">Receives the words for the charge.</param>
    /// <param name="read">Receives the words for the read noise.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public readonly void Fill(uint place, int count, float* charge, float* read)
    {
        uint* places = stackalloc uint[SimdLimits.MaximumLanes];
        for (uint lane = 0; lane < SimdLimits.MaximumLanes; lane++)
        {
            places[lane] = place + (lane / 2);
        }

        var current = TVector.Load((float*)places);
        TVector step = TVector.BroadcastWord((uint)TVector.Lanes / 2);
        TVector multiplier0 = TVector.BroadcastWord(Philox4x32.Multiplier0), multiplier1 = TVector.BroadcastWord(Philox4x32.Multiplier1);
        TVector firstMixed2 = TVector.BroadcastWord(_firstMixed2), secondMixed0 = TVector.BroadcastWord(_secondMixed0);
        TVector secondMixed2 = TVector.BroadcastWord(_secondMixed2), secondWord3 = TVector.BroadcastWord(_secondWord3);
        fixed (uint* keys = _keys)
        {
            // Two vectors at a time: a round waits for its multiplications, and the other vector's fill the time.
            for (var x = 0; x < count; x += 2 * TVector.Lanes)
            {
                TVector first3 = TVector.MultiplyEven(multiplier0, current), second3 = TVector.MultiplyEven(multiplier0, TVector.AddWords(current, step));
                var first1 = TVector.MultiplyEven(multiplier1, TVector.OddToEven(first3) ^ firstMixed2);
                var second1 = TVector.MultiplyEven(multiplier1, TVector.OddToEven(second3) ^ firstMixed2);
                TVector first0 = TVector.OddToEven(first1) ^ secondMixed0, first2 = first3 ^ secondMixed2;
                TVector second0 = TVector.OddToEven(second1) ^ secondMixed0, second2 = second3 ^ secondMixed2;
                first3 = second3 = secondWord3;
                for (var key = 0; key < 2 * (Philox4x32.Rounds - SharedRounds); key += 2)
                {
                    TVector key0 = TVector.BroadcastWord(keys[key]), key1 = TVector.BroadcastWord(keys[key + 1]);
                    TVector f0 = TVector.MultiplyEven(multiplier0, first0), f1 = TVector.MultiplyEven(multiplier1, first2);
                    TVector s0 = TVector.MultiplyEven(multiplier0, second0), s1 = TVector.MultiplyEven(multiplier1, second2);
                    first0 = TVector.Xor(TVector.OddToEven(f1), first1, key0);
                    second0 = TVector.Xor(TVector.OddToEven(s1), second1, key0);
                    first2 = TVector.Xor(TVector.OddToEven(f0), first3, key1);
                    second2 = TVector.Xor(TVector.OddToEven(s0), second3, key1);
                    (first1, first3, second1, second3) = (f1, f0, s1, s0);
                }

                TVector.InterleaveEven(first0, first2).Store(charge + x);
                TVector.InterleaveEven(first1, first3).Store(read + x);
                TVector.InterleaveEven(second0, second2).Store(charge + x + TVector.Lanes);
                TVector.InterleaveEven(second1, second3).Store(read + x + TVector.Lanes);
                current = TVector.AddWords(TVector.AddWords(current, step), step);
            }
        }
    }
}
