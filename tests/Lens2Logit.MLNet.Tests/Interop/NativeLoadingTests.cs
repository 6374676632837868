using Lens2Logit.Native;

namespace Lens2Logit.Tests.Interop;

/// <summary>A program on a host where TorchSharp loads by itself, and on one where it does not.</summary>
[Platform("Linux")]
public class NativeLoadingTests
{
    private const string Library = "libLibTorchSharp.so";

    [Test]
    public void A_library_that_loads_by_itself_is_left_to_the_runtime()
    {
        using var folder = new TemporaryFolder();
        CopyProgram(folder.Path);
        var image = File.ReadAllBytes(Path.Combine(OtherProcess.Directory, Library));
        // What a newer C++ runtime would satisfy is demanded no longer: for this program any host is healthy.
        Assert.That(ElfSymbolVersions.TryWeaken(image, "GLIBCXX_3.4.32", "_ZSt21ios_base_library_initv"));
        File.WriteAllBytes(folder.File(Library), image);

        Assert.That(OtherProcess.Run(folder.Path), Is.EqualTo(new[] { "not needed" }));
    }

    [Test]
    public void A_damaged_library_is_named_with_what_to_add()
    {
        using var folder = new TemporaryFolder();
        CopyProgram(folder.Path);
        File.WriteAllText(folder.File(Library), "not a library");

        Assert.That(() => OtherProcess.Run(folder.Path), Throws.InstanceOf<AssertionException>().With.Message.Contains(Library).And.Message.Contains("TorchSharp-cpu"));
    }

    /// <summary>Everything but the library; the large ones of torch, which the runtime does not look for itself, are linked.</summary>
    private static void CopyProgram(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(OtherProcess.Directory).Where(f => Path.GetFileName(f) != Library))
        {
            var target = Path.Combine(folder, Path.GetFileName(file));
            if (Path.GetExtension(file) == ".so")
                File.CreateSymbolicLink(target, file);
            else
                File.Copy(file, target);
        }
    }
}
