using System.Numerics;

namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>
/// The outline of a nucleus: a smooth union of capsules. Each type of leukocyte arranges them in its own way, and all are then scaled
/// to a given area, so that the amount of chromatin says nothing about the type.
/// </summary>
internal sealed class NucleusShape
{
    private const int MaxCapsules = 8;
    private const int AreaSamples = 40;

    private readonly Vector2[] _start = new Vector2[MaxCapsules];
    private readonly Vector2[] _end = new Vector2[MaxCapsules];
    private readonly float[] _radius = new float[MaxCapsules];
    private float _blend;
    private int _count;

    private NucleusShape(float blend) => _blend = blend;

    /// <summary>Distance of the farthest point of the outline from the origin, in micrometres.</summary>
    public float Extent { get; private set; }

    /// <summary>Draws the nucleus of a type, centred near the origin.</summary>
    /// <param name="type">The type of leukocyte.</param>
    /// <param name="area">Area in square micrometres.</param>
    /// <param name="random">The stream of the image.</param>
    public static NucleusShape Draw(LeukocyteType type, float area, ref SmearRandom random)
    {
        NucleusShape shape = type switch
        {
            LeukocyteType.Monocyte => Kidney(ref random),
            LeukocyteType.Neutrophil => Lobes(3 + random.Below(2), ref random),
            LeukocyteType.Eosinophil => Lobes(2, ref random),
            _ => Round(ref random),
        };
        shape.Transform(random.Angle(), area);
        return shape;
    }

    /// <summary>Signed distance to the outline, in micrometres.</summary>
    public float DistanceTo(Vector2 point)
    {
        float distance = SignedDistance.ToCapsule(point, _start[0], _end[0], _radius[0]);
        for (int i = 1; i < _count; i++)
            distance = SignedDistance.SmoothUnion(distance, SignedDistance.ToCapsule(point, _start[i], _end[i], _radius[i]), _blend);
        return distance;
    }

    private static NucleusShape Round(ref SmearRandom random)
    {
        var shape = new NucleusShape(0.1f);
        float elongation = random.Between(0f, 0.15f);
        shape.Add(new(-elongation, 0), new(elongation, 0), 1f);
        return shape;
    }

    private static NucleusShape Kidney(ref SmearRandom random)
    {
        const int Segments = 6;
        var shape = new NucleusShape(0.05f);
        float sweep = random.Between(2.7f, 3.6f), thickness = random.Between(0.60f, 0.72f);
        // The arc is moved back by half its rise, so that the cell lies around the whole bean rather than around the arc's centre.
        var centre = new Vector2(0.5f * (1f + MathF.Cos(sweep / 2)), 0);
        Vector2 previous = OnArc(0);
        for (int i = 1; i <= Segments; i++)
        {
            Vector2 next = OnArc(i);
            shape.Add(previous, next, thickness);
            previous = next;
        }
        return shape;

        Vector2 OnArc(int i) => Polar(1f, sweep * ((float)i / Segments - 0.5f)) - centre;
    }

    private static NucleusShape Lobes(int lobes, ref SmearRandom random)
    {
        var shape = new NucleusShape(0.18f);
        // Lobes sit on a circle around the cell's centre; the radius leaves a waist between neighbours.
        float spacing = random.Between(2.15f, 2.45f);
        float sweep = lobes switch
        {
            2 => random.Between(2.6f, MathF.PI),
            3 => random.Between(1.7f, 2.0f),
            _ => random.Between(1.30f, 1.45f),
        };
        float orbit = spacing / (2 * MathF.Sin(sweep / 2));
        Vector2 previous = default;
        for (int i = 0; i < lobes; i++)
        {
            Vector2 at = Polar(orbit * random.Between(0.9f, 1.1f), sweep * i);
            Vector2 half = Polar(random.Between(0f, 0.3f), random.Angle());
            shape.Add(at - half, at + half, random.Between(0.88f, 1.12f));
            if (i > 0)
                shape.Add(previous, at, 0.22f);
            previous = at;
        }
        return shape;
    }

    private static Vector2 Polar(float radius, float angle) => new(radius * MathF.Cos(angle), radius * MathF.Sin(angle));

    private void Add(Vector2 start, Vector2 end, float radius)
    {
        _start[_count] = start;
        _end[_count] = end;
        _radius[_count++] = radius;
    }

    private void Transform(float angle, float area)
    {
        float scale = MathF.Sqrt(area / MeasureArea());
        Matrix3x2 rotation = Matrix3x2.CreateRotation(angle) * Matrix3x2.CreateScale(scale);
        for (int i = 0; i < _count; i++)
        {
            _start[i] = Vector2.Transform(_start[i], rotation);
            _end[i] = Vector2.Transform(_end[i], rotation);
            _radius[i] *= scale;
        }
        _blend *= scale;
        Extent = MeasureExtent();
    }

    private float MeasureExtent()
    {
        float extent = 0;
        for (int i = 0; i < _count; i++)
            extent = MathF.Max(extent, MathF.Max(_start[i].Length(), _end[i].Length()) + _radius[i]);
        return extent;
    }

    private float MeasureArea()
    {
        float half = MeasureExtent() * 1.05f, step = 2 * half / AreaSamples, covered = 0;
        for (int row = 0; row < AreaSamples; row++)
        {
            for (int column = 0; column < AreaSamples; column++)
            {
                var point = new Vector2((column + 0.5f) * step - half, (row + 0.5f) * step - half);
                covered += SignedDistance.Coverage(DistanceTo(point), step);
            }
        }
        return covered * step * step;
    }
}
