namespace Lens2Logit.Sensors;

/// <summary>
/// The random numbers that belong to one pixel of one frame: as many blocks as it asks for, independent of every other pixel's.
/// </summary>
/// <remarks>
/// Block 0 gives the uniform numbers of Poisson inversion (<see cref="PhiloxBlock.First"/>) and of the read noise
/// (<see cref="PhiloxBlock.Second"/>), the blocks from 1 on those of Poisson rejection. Data sets depend on this layout.
/// </remarks>
internal readonly record struct PixelStream(uint Key0, uint Key1, uint Pixel, ulong RowKey)
{
    /// <summary>Block number <paramref name="index"/> of the pixel; must be below <see cref="CounterTag.PixelPattern"/>.</summary>
    public PhiloxBlock Block(uint index) => Philox4x32.Block(Pixel, index, (uint)RowKey, (uint)(RowKey >> 32), Key0, Key1);
}
