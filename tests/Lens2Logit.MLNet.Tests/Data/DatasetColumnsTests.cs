using System.Text.RegularExpressions;
using Lens2Logit.MLNet.Data;

namespace Lens2Logit.Tests.Data;

public class DatasetColumnsTests
{
    [TestCase("Raw-Microscopy", typeof(RawMicroscopyImage))]
    [TestCase("Raw-Drone", typeof(RawDroneTile))]
    [TestCase("Blood cells of Acevedo et al.", typeof(AcevedoBloodCell))]
    public void The_documentation_lists_the_columns_of_a_data_set(string heading, Type row)
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documentation", "docs", "datasets.md"));
        var section = page.Split("\n## ").Single(s => s.StartsWith(heading + "\n", StringComparison.Ordinal));
        var listed = Regex.Matches(section, @"^\| `(\w+)` \| (\w+) \|", RegexOptions.Multiline).Select(m => (m.Groups[1].Value, m.Groups[2].Value));
        Assert.That(listed, Is.EqualTo(row.GetProperties().Select(p => (p.Name, p.PropertyType == typeof(string) ? "text" : p.PropertyType.Name))));
    }
}
