namespace Lens2Logit.Sensors.Unprocessing;

/// <summary>Matrices [3, 3], row by row.</summary>
internal static class Matrix3
{
    /// <exception cref="ArgumentException">The matrix has no 9 finite values, or no inverse.</exception>
    public static void Require(IReadOnlyList<double> matrix, string name)
    {
        if (matrix.Count != 9 || !matrix.All(double.IsFinite))
        {
            throw new ArgumentException($"{name} has {matrix.Count} values; expected 9 finite ones, a matrix [3, 3] row by row.", name);
        }

        if (Math.Abs(Determinant(matrix)) < 1e-6)
        {
            throw new ArgumentException($"{name} has no inverse: its determinant is {Determinant(matrix)}.", name);
        }
    }

    public static double[] Product(IReadOnlyList<double> a, IReadOnlyList<double> b) =>
        [.. Enumerable.Range(0, 9).Select(i => (a[i / 3 * 3] * b[i % 3]) + (a[(i / 3 * 3) + 1] * b[(i % 3) + 3]) + (a[(i / 3 * 3) + 2] * b[(i % 3) + 6]))];

    /// <summary>Each row divided by its sum, so that grey stays grey.</summary>
    public static double[] RowsToOne(IReadOnlyList<double> m) =>
        [.. m.Select((value, i) => value / (m[i / 3 * 3] + m[(i / 3 * 3) + 1] + m[(i / 3 * 3) + 2]))];

    public static double[] Inverse(IReadOnlyList<double> m)
    {
        double determinant = Determinant(m);
        return
        [
            ((m[4] * m[8]) - (m[5] * m[7])) / determinant, ((m[2] * m[7]) - (m[1] * m[8])) / determinant, ((m[1] * m[5]) - (m[2] * m[4])) / determinant,
            ((m[5] * m[6]) - (m[3] * m[8])) / determinant, ((m[0] * m[8]) - (m[2] * m[6])) / determinant, ((m[2] * m[3]) - (m[0] * m[5])) / determinant,
            ((m[3] * m[7]) - (m[4] * m[6])) / determinant, ((m[1] * m[6]) - (m[0] * m[7])) / determinant, ((m[0] * m[4]) - (m[1] * m[3])) / determinant,
        ];
    }

    private static double Determinant(IReadOnlyList<double> m) =>
        (m[0] * ((m[4] * m[8]) - (m[5] * m[7]))) - (m[1] * ((m[3] * m[8]) - (m[5] * m[6]))) + (m[2] * ((m[3] * m[7]) - (m[4] * m[6])));
}
