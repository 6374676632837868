using System.Globalization;
using System.Text;
using Lens2Logit.Sensors;
using Lens2Logit.Sensors.PhotonTransfer;

namespace Lens2Logit.Tests.Sensors.PhotonTransfer;

/// <summary>
/// From a sensor's numbers to pictures and back to the numbers, as the standard's own reference code is tested. Sizes: frames of 256×256,
/// 36 levels of 2 frames (colour sensors: 4, of which one site of 128×128 is analysed), stacks of 100 frames (200 where the DSNU is small
/// against the dark noise). Every case has seeds of its own. Standard errors at these sizes: K 0.2 %, σd 0.3 %, PRNU 0.6 %, DSNU 1.5 %.
/// A run of all cases writes the table of the documentation, docs/closed-loop.md, as closed-loop.md beside the test results.
/// </summary>
public class ClosedLoopTests
{
    private static readonly PhotonTransferOptions UpTo70Percent = new() { LinearityToPercent = 70 };

    private readonly List<Comparison> _tables = [];

    private static IEnumerable<TestCaseData> Presets() => SensorPresets.All.SelectMany(sensor =>
        (sensor.Cfa.IsBayer() ? new[] { 0, 1, 2 } : [1]).Select(channel =>
            new TestCaseData(sensor, channel).SetArgDisplayNames(sensor.Name, sensor.Cfa.IsBayer() ? "red green blue".Split()[channel] : "monochrome")));

    [TestCaseSource(nameof(Presets))]
    public void Every_field_of_every_preset_is_recovered(SensorModel preset, int channel)
    {
        // The data set's black level of 0.6 DN cuts dark noise off at 0; see The_black_level_of_raw_microscopy_is_too_low_to_measure.
        var sensor = preset.Name == nameof(SensorPresets.RawMicroscopy) ? preset with { BlackLevelDn = 100 } : preset;
        var seed = (3 * SensorPresets.All.ToList().IndexOf(preset)) + channel;
        var series = PhotonTransferSeries.Simulate(sensor with { CameraSeed = seed }, new()
        {
            Channel = channel,
            FramesPerLevel = sensor.Cfa.IsBayer() ? 4 : 2,
            StackFrames = sensor.ReadNoiseElectrons > 5 * sensor.DsnuElectrons ? 200 : 100,
            FrameSeed = 1288 + seed,
        });
        var found = series.Analyze(UpTo70Percent);

        var table = new Comparison(sensor.Name, sensor.Cfa.IsBayer() ? "red green blue".Split()[channel] : "monochrome", found.LinearityErrorPercent!.Value);
        var darkShot = sensor.DarkCurrentElectronsPerSecond * 0.01;
        table.Add("K [DN/e⁻]", sensor.SystemGain, found.SystemGain, 1);
        table.Add("η", sensor.QuantumEfficiency[channel], found.QuantumEfficiency, 1);
        table.Add("σd [e⁻]", Math.Sqrt((sensor.ReadNoiseElectrons * sensor.ReadNoiseElectrons) + darkShot), found.TemporalDarkNoiseElectrons, 3);
        table.Add("σ0 [e⁻]", sensor.ReadNoiseElectrons, found.ReadNoiseElectrons!.Value, 3);
        table.Add("μI.mean [e⁻/s]", sensor.DarkCurrentElectronsPerSecond, found.DarkCurrentElectronsPerSecond!.Value, 2);
        table.Add("DSNU [e⁻]", sensor.DsnuElectrons, found.DsnuElectrons, 5);
        table.Add("PRNU [%]", sensor.PrnuPercent, found.PrnuPercent, 5);
        table.Add("saturation [e⁻]", sensor.SaturationElectrons, found.LargestSignalElectrons, 1);
        table.Add("μe.sat [e⁻]", sensor.SaturationElectrons, found.SaturationCapacityElectrons, 8);
        TestContext.Out.WriteLine(table);
        _tables.Add(table);
        using (Assert.EnterMultipleScope())
        {
            table.AssertAll();
            Assert.That(found.LinearityErrorPercent, Is.InRange(0, 0.1));
            Assert.That(found.SaturationReached);
            Assert.That(found.TemporalDarkNoiseIsUpperBound, Is.False);
        }
    }

    [OneTimeTearDown]
    public void WriteTable()
    {
        if (_tables.Count < Presets().Count())
            return;
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "closed-loop.md");
        File.WriteAllText(path, Comparison.Markdown(_tables));
        TestContext.AddTestAttachment(path);
    }

    /// <summary>True value, recovered value, error, tolerance.</summary>
    private sealed class Comparison(string sensor, string channel, double linearityErrorPercent)
    {
        private readonly List<(string Quantity, double Expected, double Found, double TolerancePercent)> _rows = [];

        public static string Markdown(IReadOnlyList<Comparison> tables)
        {
            var quantities = tables[0]._rows;
            var text = new StringBuilder("# Closed loop\n\nTrue value → recovered value (error). What is in this table and how it is made: [sensor-model.md](sensor-model.md).\n\n");
            text.Append(CultureInfo.InvariantCulture, $"| sensor | channel | {string.Join(" | ", quantities.Select(row => row.Quantity))} | LE to 70 % |\n");
            text.Append(CultureInfo.InvariantCulture, $"| --- | --- |{string.Concat(quantities.Select(_ => " --- |"))} --- |\n");
            text.Append(CultureInfo.InvariantCulture, $"| *allowed* | | {string.Join(" | ", quantities.Select(row => FormattableString.Invariant($"*±{row.TolerancePercent} %*")))} | *0.1 %* |\n");
            foreach (var table in tables)
            {
                var cells = table._rows.Select(row => FormattableString.Invariant($"{Number(row.Expected)} → {Number(row.Found)} ({Math.Round(Error(row.Expected, row.Found), 2):+0.00;−0.00;0.00} %)"));
                text.Append(CultureInfo.InvariantCulture, $"| {table.Sensor} | {table.Channel} | {string.Join(" | ", cells)} | {table.LinearityErrorPercent:F3} % |\n");
            }
            return text.ToString();
        }

        private string Sensor => sensor;

        private string Channel => channel;

        private double LinearityErrorPercent => linearityErrorPercent;

        public void Add(string quantity, double expected, double found, double tolerancePercent) =>
            _rows.Add((quantity, expected, found, tolerancePercent));

        public override string ToString()
        {
            var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{sensor}, {channel}");
            foreach (var (quantity, expected, found, tolerance) in _rows)
                text.AppendLine(CultureInfo.InvariantCulture, $"  {quantity,-16}{expected,12:G6}{found,12:G6}{Error(expected, found),9:F2} % (± {tolerance} %)");
            return text.Append(CultureInfo.InvariantCulture, $"  LE to 70 %: {linearityErrorPercent:F3} %").ToString();
        }

        public void AssertAll()
        {
            foreach (var (quantity, expected, found, tolerance) in _rows)
            {
                Assert.That(found, Is.EqualTo(expected).Within(tolerance).Percent, quantity);
            }
        }

        private static string Number(double value) => value.ToString(value < 1000 ? "G4" : "F0", CultureInfo.InvariantCulture);

        private static double Error(double expected, double found) => 100 * ((found / expected) - 1);
    }
}
