namespace Lens2Logit.Sensors;

/// <summary>A matrix [3, 3] between colour spaces, row by row.</summary>
internal readonly struct Matrix3(IReadOnlyList<double> values)
{
    private readonly IReadOnlyList<double> _values = values;

    public static Matrix3 Identity { get; } = Diagonal([1, 1, 1]);

    private double Determinant => this[0, 0] * Cofactor(0, 0) + this[0, 1] * Cofactor(0, 1) + this[0, 2] * Cofactor(0, 2);

    public double this[int row, int column] => _values[3 * row + column];

    public static Matrix3 operator *(Matrix3 left, Matrix3 right)
    {
        var product = new double[9];
        for (int i = 0; i < 9; i++)
        {
            for (int k = 0; k < 3; k++)
                product[i] += left[i / 3, k] * right[k, i % 3];
        }
        return new(product);
    }

    public static double[] operator *(Matrix3 matrix, double[] vector) =>
        [.. Enumerable.Range(0, 3).Select(i => matrix[i, 0] * vector[0] + matrix[i, 1] * vector[1] + matrix[i, 2] * vector[2])];

    public static Matrix3 Diagonal(double[] values) => new([values[0], 0, 0, 0, values[1], 0, 0, 0, values[2]]);

    public static Matrix3 Mix(Matrix3 first, Matrix3 second, double shareOfFirst) =>
        new([.. first._values.Zip(second._values, (a, b) => shareOfFirst * a + (1 - shareOfFirst) * b)]);

    /// <summary>Checks the values of an option.</summary>
    /// <exception cref="ArgumentException">There are not 9 finite values, or their matrix has no inverse.</exception>
    public static void Require(IReadOnlyList<double> values, string name)
    {
        if (values.Count != 9 || !values.All(double.IsFinite))
            throw new ArgumentException($"{name} has {values.Count} values; expected 9 finite ones, a matrix [3, 3] row by row.", name);
        if (Math.Abs(new Matrix3(values).Determinant) is < 1e-6 and var determinant)
            throw new ArgumentException(FormattableString.Invariant($"{name} has no inverse: its determinant is {determinant}."), name);
    }

    /// <summary>Each row divided by its sum, so that grey stays grey.</summary>
    public Matrix3 RowsToOne()
    {
        var values = _values;
        return new([.. values.Select((value, i) => value / (values[i / 3 * 3] + values[i / 3 * 3 + 1] + values[i / 3 * 3 + 2]))]);
    }

    /// <exception cref="InvalidDataException">There is none.</exception>
    public Matrix3 Inverse()
    {
        double determinant = Determinant;
        if (!double.IsNormal(determinant))
            throw new InvalidDataException("one of its colour matrices has no inverse.");
        var inverse = new double[9];
        for (int i = 0; i < 9; i++)
            inverse[i] = Cofactor(i % 3, i / 3) / determinant;
        return new(inverse);
    }

    public double[] ToArray() => [.. _values];

    /// <summary>The determinant without a row and a column, with its sign: the cyclic order of the others gives it.</summary>
    private double Cofactor(int row, int column)
    {
        int r1 = (row + 1) % 3, r2 = (row + 2) % 3, c1 = (column + 1) % 3, c2 = (column + 2) % 3;
        return this[r1, c1] * this[r2, c2] - this[r1, c2] * this[r2, c1];
    }
}
