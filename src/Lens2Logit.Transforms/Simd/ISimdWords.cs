namespace Lens2Logit.Simd;

/// <summary>
/// What random numbers need of a vector beyond <see cref="ISimd{TSelf}"/>: its lanes as 32-bit words, and a few operations whose
/// every bit is the same on every processor.
/// </summary>
/// <typeparam name="TSelf">The vector.</typeparam>
internal unsafe interface ISimdWords<TSelf> : ISimd<TSelf>
    where TSelf : unmanaged, ISimdWords<TSelf>
{
    static abstract TSelf BroadcastWord(uint value);

    /// <summary>As many 16-bit words as there are lanes, as the lower halves of words.</summary>
    static abstract TSelf LoadWords(ushort* source);

    /// <summary>The lower half of each word.</summary>
    void StoreWords(ushort* target);

    static abstract TSelf operator &(TSelf a, TSelf b);

    static abstract TSelf operator ^(TSelf a, TSelf b);

    /// <summary>a ^ b ^ c, in one instruction where the processor can.</summary>
    static abstract TSelf Xor(TSelf a, TSelf b, TSelf c);

    static abstract TSelf AddWords(TSelf a, TSelf b);

    /// <summary>Shifts words as signed integers.</summary>
    static abstract TSelf ShiftRightSigned(TSelf value, int bits);

    static abstract TSelf ShiftRight(TSelf value, int bits);

    static abstract TSelf ShiftLeft(TSelf value, int bits);

    /// <summary>The 64-bit products of the unsigned words of even lanes, in the place of each even lane and the odd one after it.</summary>
    static abstract TSelf MultiplyEven(TSelf a, TSelf b);

    /// <summary>The words of odd lanes in the even lanes before them, and zeros in the odd ones.</summary>
    static abstract TSelf OddToEven(TSelf value);

    /// <summary>The even lanes of <paramref name="even"/>, and after each the even lane of <paramref name="odd"/>.</summary>
    static abstract TSelf InterleaveEven(TSelf even, TSelf odd);

    /// <summary>The entries of a table of 16, each at the low four bits of a word.</summary>
    static abstract TSelf LookUp(TSelf words, float* table);

    /// <summary>Signed words as numbers, rounded to the nearest.</summary>
    static abstract TSelf WordsToNumbers(TSelf words);

    /// <summary>Numbers as signed words, their fractions cut off; they fit.</summary>
    static abstract TSelf NumbersToWords(TSelf numbers);

    /// <summary>a·b + c in one rounding, also where the processor cannot.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Sqrt(TSelf value);

    /// <summary>1/value with a relative error of at most 0.001.</summary>
    static abstract TSelf ReciprocalEstimate(TSelf value);

    static abstract TSelf Floor(TSelf value);

    /// <summary>The nearest whole number, of two the even one.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>A bit for each lane of a mask, lane 0 the lowest.</summary>
    static abstract uint MaskBits(TSelf mask);
}
