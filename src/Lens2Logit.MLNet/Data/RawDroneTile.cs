namespace Lens2Logit.MLNet.Data;

/// <summary>A row of Raw-Drone.</summary>
public sealed class RawDroneTile
{
    /// <summary>Path of the raw tile relative to the folder given, with <c>/</c> between its parts.</summary>
    public string Path { get; set; } = "";

    /// <summary>Path of the tile's mask, likewise, for <c>LoadImages</c>: a grey image, 255 where a car is and 0 elsewhere.</summary>
    public string MaskPath { get; set; } = "";

    /// <summary>Name of the tile, the same at every intensity.</summary>
    public string Name { get; set; } = "";

    /// <summary><see cref="RawDrone.Car"/> or <see cref="RawDrone.NoCar"/>.</summary>
    public string Label { get; set; } = "";

    /// <summary>The frame from which the tile was cut; tiles of one frame belong on one side of a split.</summary>
    public string Frame { get; set; } = "";

    /// <summary>Light relative to the original measurement, one of <see cref="RawDrone.Intensities"/>.</summary>
    public float Intensity { get; set; }
}
