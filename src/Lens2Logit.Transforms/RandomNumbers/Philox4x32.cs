namespace Lens2Logit.RandomNumbers;

/// <summary>
/// The counter-based random generator Philox4x32-10: a keyed bijection of 128-bit counters whose output passes as random. Any
/// number can be had without those before it, which makes results independent of order and threads.
/// </summary>
/// <remarks>
/// Salmon, Moraes, Dror and Shaw, <em>Parallel random numbers: as easy as 1, 2, 3</em>, SC 2011; constants as in Random123.
/// </remarks>
internal static class Philox4x32
{
    public const int Rounds = 10;
    public const uint Multiplier0 = 0xD2511F53;
    public const uint Multiplier1 = 0xCD9E8D57;
    public const uint KeyStep0 = 0x9E3779B9;
    public const uint KeyStep1 = 0xBB67AE85;

    /// <summary>The four random words of one counter under one key.</summary>
    public static PhiloxBlock Block(uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * counter0;
            var product1 = (ulong)Multiplier1 * counter2;
            counter0 = (uint)(product1 >> 32) ^ counter1 ^ key0;
            counter2 = (uint)(product0 >> 32) ^ counter3 ^ key1;
            counter1 = (uint)product1;
            counter3 = (uint)product0;
            key0 += KeyStep0;
            key1 += KeyStep1;
        }

        return new PhiloxBlock(counter0, counter1, counter2, counter3);
    }
}
