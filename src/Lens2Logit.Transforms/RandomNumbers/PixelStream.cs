using Lens2Logit.Sensors;

namespace Lens2Logit.RandomNumbers;

/// <summary>
/// The random numbers that belong to one place of one frame: as many blocks as it asks for, independent of every other place's.
/// </summary>
/// <remarks>
/// A place of a measurement is a pair of neighbouring pixels: <see cref="PixelNoise"/>. Data sets depend on this layout.
/// </remarks>
internal readonly record struct PixelStream(uint Key0, uint Key1, uint Place, ulong RowKey)
{
    /// <summary>Block number <paramref name="index"/> of the place; must be below <see cref="CounterTag.PixelPattern"/>.</summary>
    public PhiloxBlock Block(uint index) => Philox4x32.Block(Place, index, (uint)RowKey, (uint)(RowKey >> 32), Key0, Key1);
}
