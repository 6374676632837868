using System.Text;
using Lens2Logit.Native;
using TorchSharp;

namespace Lens2Logit.Tests.Native;

public class TorchNativeTests
{
    [Test]
    public void Torch_loads_and_the_status_says_how()
    {
        TorchNative.EnsureLoaded();
        Assert.That(torch.__version__, Is.Not.Empty);
        Assert.That(TorchNative.Status, TorchNative.Calls == 0 ? Is.EqualTo("not needed") : Does.Contain("libLibTorchSharp.so"));
    }

    [Test]
    public void The_allocator_is_tuned_on_linux_only() => Assert.That(AllocatorTuning.IsApplied, Is.EqualTo(OperatingSystem.IsLinux()));

    [Test]
    public void Only_the_version_that_nothing_uses_is_weakened()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        if (!File.Exists(path))
            path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (!File.Exists(path))
            Assert.Ignore("libLibTorchSharp.so of Linux is not beside the tests.");
        var original = File.ReadAllBytes(path);

        var image = (byte[])original.Clone();
        Assert.That(ElfSymbolVersions.TryWeaken(image, "GLIBCXX_3.4.32", "_ZSt21ios_base_library_initv"), Is.True);
        Assert.That(image.Zip(original).Count(pair => pair.First != pair.Second), Is.EqualTo(1), "bytes that differ");

        image = (byte[])original.Clone();
        Assert.That(ElfSymbolVersions.TryWeaken(image, "GLIBCXX_3.4.32", "another_symbol"), Is.False, "a version in use must stay");
        Assert.That(ElfSymbolVersions.TryWeaken(image, "GLIBCXX_9.9.9", "_ZSt21ios_base_library_initv"), Is.False, "a version that is not demanded");
        Assert.That(image, Is.EqualTo(original));
    }

    [Test]
    public void What_is_no_elf_image_is_left_alone() =>
        Assert.That(ElfSymbolVersions.TryWeaken(Encoding.ASCII.GetBytes(new string('x', 100)), "GLIBCXX_3.4.32", "x"), Is.False);
}
