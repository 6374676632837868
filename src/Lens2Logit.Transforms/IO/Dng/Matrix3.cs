namespace Lens2Logit.IO.Dng;

/// <summary>A matrix [3, 3], row by row.</summary>
internal readonly struct Matrix3(double[] values)
{
    private readonly double[] _values = values;

    public static Matrix3 Identity { get; } = Diagonal([1, 1, 1]);

    public double this[int row, int column] => _values[3 * row + column];

    public static Matrix3 Diagonal(double[] values) => new([values[0], 0, 0, 0, values[1], 0, 0, 0, values[2]]);

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

    public static Matrix3 Mix(Matrix3 first, Matrix3 second, double shareOfFirst) =>
        new([.. first._values.Zip(second._values, (a, b) => shareOfFirst * a + (1 - shareOfFirst) * b)]);

    public double[] ToArray() => [.. _values];

    /// <exception cref="InvalidDataException">There is none.</exception>
    public Matrix3 Inverse()
    {
        var adjoint = new double[9];
        for (int i = 0; i < 9; i++)
        {
            int row = i % 3, column = i / 3, r1 = (row + 1) % 3, r2 = (row + 2) % 3, c1 = (column + 1) % 3, c2 = (column + 2) % 3;
            adjoint[i] = this[r1, c1] * this[r2, c2] - this[r1, c2] * this[r2, c1];
        }
        double determinant = this[0, 0] * adjoint[0] + this[0, 1] * adjoint[3] + this[0, 2] * adjoint[6];
        if (!double.IsNormal(determinant))
            throw new InvalidDataException("one of its colour matrices has no inverse.");
        return new(Array.ConvertAll(adjoint, a => a / determinant));
    }
}
