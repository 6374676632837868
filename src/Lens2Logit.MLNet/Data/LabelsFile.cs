using Microsoft.VisualBasic.FileIO;

namespace Lens2Logit.MLNet.Data;

/// <summary>
/// The list of a folder's images: comma-separated values, quoted where need be, with a header that has <c>path</c> and <c>label</c>, perhaps
/// <c>split</c>, in any order; other columns are ignored.
/// </summary>
internal static class LabelsFile
{
    public const string Name = "labels.csv";

    /// <exception cref="InvalidDataException">It lacks a column, or a line does not fit its header; the message names file and line.</exception>
    public static List<ImageFile> Read(string path)
    {
        using var table = new TextFieldParser(path) { Delimiters = [","] };
        var header = table.EndOfData ? [] : Cells();
        int pathColumn = Array.IndexOf(header, "path"), labelColumn = Array.IndexOf(header, "label"), splitColumn = Array.IndexOf(header, "split");
        if (pathColumn < 0 || labelColumn < 0)
            throw new InvalidDataException($"'{path}' has the columns {string.Join(", ", header)}; expected at least path and label.");
        var files = new List<ImageFile>();
        while (!table.EndOfData)
        {
            long line = table.LineNumber;
            var cells = Cells();
            if (cells.Length != header.Length)
                throw new InvalidDataException($"Line {line} of '{path}' has {cells.Length} cells; the header has {header.Length}.");
            // Lists are made on all systems.
            files.Add(new() { Path = cells[pathColumn].Replace('\\', '/'), Label = cells[labelColumn], Split = splitColumn < 0 ? "" : cells[splitColumn] });
        }
        return files;

        string[] Cells()
        {
            try
            {
                return table.ReadFields()!;
            }
            catch (MalformedLineException e)
            {
                throw new InvalidDataException($"Line {e.LineNumber} of '{path}' cannot be read: a quotation mark is not closed, or no comma follows the closing one.", e);
            }
        }
    }
}
