using Lens2Logit.MLNet.Drift.Synthesis;
using Lens2Logit.MLNet.Drift.Units;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Lens2Logit.Tests.Drift;

public class UnitsOfWorkTests
{
    private static readonly Dictionary<string, string> Experiment = new() { ["seed"] = "1" };

    private TemporaryFolder _folder = null!, _other = null!;
    private IChannel _channel = null!;

    [SetUp]
    public void Open()
    {
        (_folder, _other) = (new(), new());
        _channel = ((IHostEnvironment)new MLContext()).Register("Test").Start("Units");
    }

    [TearDown]
    public void Close()
    {
        _channel.Dispose();
        _folder.Dispose();
        _other.Dispose();
    }

    [Test]
    public void A_finished_unit_is_not_computed_again_unless_that_is_asked_for([Values] bool resume)
    {
        Run(new() { ResultFolder = _folder.Path }).Get("a", () => "first");
        Assert.That(Run(new() { ResultFolder = _folder.Path, Resume = resume }).Get("a", () => "second"), Is.EqualTo(resume ? "first" : "second"));
        Assert.That(Run(new() { ResultFolder = _folder.Path }).Get("a", () => "third"), Is.EqualTo(resume ? "first" : "second"), "the file is replaced");
    }

    [Test]
    public void Units_whose_names_differ_only_in_signs_have_files_of_their_own()
    {
        var units = Run(new() { ResultFolder = _folder.Path });
        string[] names = ["λ = 1/2", "λ = 1:2", "Λ = 1/2", ""];
        foreach (var name in names)
            units.Get(name, () => $"result of {name}");
        var again = Run(new() { ResultFolder = _folder.Path });
        Assert.That(names.Select(name => again.Get(name, () => "computed again")), Is.EqualTo(names.Select(name => $"result of {name}")));
    }

    [Test]
    public void What_cannot_be_computed_or_is_of_another_shard_is_missing_and_leaves_no_file()
    {
        var units = Run(new() { ResultFolder = _folder.Path, Shard = new(1, 2) });
        Assert.That(units.ToCompute(["a", "b", "c"]), Is.EqualTo(2));
        Assert.That(new[] { units.Get("a", () => "ours"), units.Get("b", () => "theirs"), units.Get("c", () => (string?)null) }, Is.EqualTo(new[] { "ours", null, null }));
        Assert.That(units.Missing, Is.EqualTo(new[] { "b", "c" }));
        Assert.That(Directory.GetFiles(_folder.Path), Has.Length.EqualTo(1));
        Assert.That(Run(new() { ResultFolder = _folder.Path, Shard = new(1, 2) }).ToCompute(["a", "b", "c"]), Is.EqualTo(1));
    }

    [Test]
    public void A_result_is_taken_from_the_first_folder_in_which_it_is_whole()
    {
        Run(new() { ResultFolder = _folder.Path }).Get("a", () => "own");
        Run(new() { ResultFolder = _other.Path }).Get("a", () => "merged");
        SynthesisOptions both = new() { ResultFolder = _folder.Path, MergeFolders = [_other.Path] };
        Assert.That(Run(both).Get("a", () => "computed"), Is.EqualTo("own"));
        Assert.That(Run(both).Get("a", () => "computed", (folder, _) => folder == _other.Path), Is.EqualTo("merged"), "what it refers to is not whole in the own folder");
        File.WriteAllText(Directory.GetFiles(_folder.Path).Single(), "cut off");
        Assert.That(Run(both).Get("a", () => "computed"), Is.EqualTo("merged"));
    }

    [Test]
    public void A_file_of_another_experiment_is_refused_by_name_and_difference()
    {
        Run(new() { ResultFolder = _folder.Path }).Get("a", () => "first");
        var another = new UnitsOfWork(new SynthesisOptions { ResultFolder = _folder.Path }, new Dictionary<string, string> { ["seed"] = "2" }, _channel);
        Assert.That(() => another.Get("a", () => "second"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(_folder.Path).And.Message.Contains("seed is 1 there and 2 here"));
    }

    [Test]
    public void A_file_of_another_experiment_is_found_before_anything_is_computed()
    {
        // In the folder of another shard, of a unit that comes last.
        Run(new() { ResultFolder = _other.Path }).Get("b", () => "second");
        var another = new UnitsOfWork(new SynthesisOptions { ResultFolder = _folder.Path, MergeFolders = [_other.Path], Shard = new(1, 2) }, new Dictionary<string, string> { ["seed"] = "2" }, _channel);
        Assert.That(() => another.ToCompute(["a", "b"]), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("seed is 1 there and 2 here"));
    }

    [Test]
    public void A_damaged_file_counts_as_work()
    {
        Run(new() { ResultFolder = _folder.Path }).Get("a", () => "first");
        Assert.That(Run(new() { ResultFolder = _folder.Path }).ToCompute(["a"]), Is.Zero);
        File.WriteAllText(Directory.GetFiles(_folder.Path).Single(), "cut off");
        Assert.That(Run(new() { ResultFolder = _folder.Path }).ToCompute(["a"]), Is.EqualTo(1));
    }

    [Test]
    public void A_cancelled_run_computes_nothing_more_but_still_takes_what_is_there()
    {
        Run(new() { ResultFolder = _folder.Path }).Get("a", () => "first");
        var units = Run(new() { ResultFolder = _folder.Path, CancellationToken = new(canceled: true) });
        Assert.That(units.Get("a", () => "second"), Is.EqualTo("first"));
        Assert.That(() => units.Get("b", () => "second"), Throws.InstanceOf<OperationCanceledException>());
    }

    private UnitsOfWork Run(SynthesisOptions options) => new(options, Experiment, _channel);
}
