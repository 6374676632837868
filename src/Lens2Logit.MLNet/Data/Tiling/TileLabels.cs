using System.Globalization;

namespace Lens2Logit.MLNet.Data.Tiling;

/// <summary>The list of tiles that the paper's code writes for car / no-car tiles: columns for a number, <c>file name</c> and <c>label</c>, where 0 is a car.</summary>
internal static class TileLabels
{
    private const string Header = ",file name,label";

    /// <exception cref="InvalidDataException">The file is not there, or not of this form; the message names the line.</exception>
    public static IReadOnlyList<(string Name, bool HasObject)> Read(string path)
    {
        if (!File.Exists(path))
            throw new InvalidDataException($"The list of tiles '{path}' does not exist. Remove the tiles beside it, and they are cut again from the full frames.");
        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0].Trim() != Header)
            throw new InvalidDataException($"'{path}' begins with '{lines.FirstOrDefault()}'; expected '{Header}'.");
        var tiles = new List<(string, bool)>();
        for (int i = 1; i < lines.Length; i++)
        {
            var cells = lines[i].Split(',');
            if (cells.Length != 3 || cells[1].Length == 0 || cells[1].IndexOfAny(['/', '\\']) >= 0 || cells[2] is not ("0" or "1"))
                throw new InvalidDataException($"Line {i + 1} of '{path}' is '{lines[i]}'; expected a number, a file name without folder, and 0 (car) or 1 (no car).");
            tiles.Add((cells[1], cells[2] == "0"));
        }
        return tiles;
    }

    /// <summary>Writes beside the file and renames: whoever reads meanwhile finds all tiles or no file.</summary>
    public static void Write(string path, IReadOnlyList<(string Name, bool HasObject)> tiles)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllLines(unfinished, [Header, .. tiles.Select((tile, i) => string.Create(CultureInfo.InvariantCulture, $"{i},{tile.Name},{(tile.HasObject ? 0 : 1)}"))]);
        File.Move(unfinished, path, overwrite: true);
    }
}
