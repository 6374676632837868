namespace Lens2Logit.IO;

/// <summary>
/// What the black levels of single pixels have beyond the four of the 2×2 cell, which alone an ISP knows: the reader subtracts it. It is
/// a pattern larger than the cell, or offsets of rows and columns (DNG tags BlackLevelRepeatDim, BlackLevelDeltaH and BlackLevelDeltaV).
/// </summary>
/// <param name="pattern">Residuals [rows, columns], repeated over the image; null for none.</param>
/// <param name="rows">Rows of the pattern.</param>
/// <param name="ofRows">One offset per row of the image, or null.</param>
/// <param name="ofColumns">One offset per column of the image, or null.</param>
internal sealed class BlackResidual(float[]? pattern, int rows, float[]? ofRows, float[]? ofColumns)
{
    private readonly int _columns = pattern is null ? 1 : pattern.Length / rows;

    public void Subtract(int row, int column, Span<float> values)
    {
        float ofRow = ofRows is null ? 0 : ofRows[row];
        for (int i = 0; i < values.Length; i++)
        {
            float level = ofRow;
            if (pattern is not null)
                level += pattern[row % rows * _columns + (column + i) % _columns];
            if (ofColumns is not null)
                level += ofColumns[column + i];
            values[i] -= level;
        }
    }
}
