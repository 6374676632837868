using System.Security.Cryptography;
using Lens2Logit.IO;
using Lens2Logit.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.Networks;

/// <summary>Weights from files and from a server on this machine.</summary>
public class PretrainedWeightsTests
{
    private TemporaryFolder _folder = null!;
    private byte[] _file = null!;

    private string Hash => Convert.ToHexString(SHA256.HashData(_file));

    private string Cache => _folder.File("cache");

    [SetUp]
    public void CreateFile()
    {
        _folder = new();
        using var network = NetworkRegistry.Create(Architecture.SmallCnn, new() { Classes = 7 }, seed: 1);
        using var stream = new MemoryStream();
        ModuleWeights.Save(network, stream);
        _file = stream.ToArray();
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_local_file_gives_all_weights_or_all_but_the_head()
    {
        var path = _folder.File("weights.safetensors");
        File.WriteAllBytes(path, _file);
        using var same = NetworkRegistry.Create(Architecture.SmallCnn, new() { Classes = 7 }, seed: 2);
        new PretrainedWeights { Source = path, Sha256 = Hash.ToLowerInvariant(), SizeBytes = _file.Length }.LoadInto(same);
        Assert.That(Saved(same), Is.EqualTo(_file));

        using var other = NetworkRegistry.Create(Architecture.SmallCnn, new() { Classes = 3 }, seed: 2);
        var head = other.get_parameter("classifier.weight")!.detach().clone();
        new PretrainedWeights { Source = path, Except = ["classifier"] }.LoadInto(other);
        Assert.That(other.get_parameter("features.conv16.weight")!.eq(same.get_parameter("features.conv16.weight")!).all().ToBoolean());
        Assert.That(other.get_parameter("classifier.weight")!.eq(head).all().ToBoolean());
    }

    [Test]
    public void The_encoder_of_a_segmentation_network_takes_the_weights_of_a_classifier()
    {
        var path = _folder.File("resnet34.safetensors");
        using var classifier = NetworkRegistry.Create(Architecture.ResNet34, new() { Classes = 10 }, seed: 1);
        using (var file = File.Create(path))
            ModuleWeights.Save(classifier, file);
        using var segmentation = SegmentationNetworkRegistry.Create(SegmentationArchitecture.UnetPlusPlusDepth3, new() { Classes = 1 }, seed: 2);
        new PretrainedWeights { Source = path, Part = "encoder", Except = ["fc"] }.LoadInto(segmentation);
        Assert.That(segmentation.get_parameter("encoder.layer4.2.conv2.weight")!.eq(classifier.get_parameter("layer4.2.conv2.weight")!).all().ToBoolean());
        Assert.That(() => new PretrainedWeights { Source = path, Part = "body" }.LoadInto(segmentation), Throws.ArgumentException.With.Message.Contains("no part 'body'; it has encoder, decoder, segmentation_head"));
    }

    [Test]
    public void Weights_of_another_architecture_or_head_are_refused_with_every_entry_and_change_nothing()
    {
        var path = _folder.File("weights.safetensors");
        File.WriteAllBytes(path, _file);
        using var other = NetworkRegistry.Create(Architecture.SmallCnn, new() { Classes = 3 }, seed: 2);
        var before = Saved(other);
        Refused(new() { Source = path }, "'classifier.weight' has shape [7, 128], expected [3, 128]; 'classifier.bias' has shape [7], expected [3]");
        Refused(new() { Source = path, Except = ["class"] }, "'classifier.weight' has shape");
        Assert.That(Saved(other), Is.EqualTo(before));
        using var resNet = NetworkRegistry.Create(Architecture.ResNet18, new() { Classes = 7 });
        Assert.That(() => new PretrainedWeights { Source = path }.LoadInto(resNet), Throws.InstanceOf<InvalidDataException>()
            .With.Message.Contains(path).And.Message.Contains("'conv1.weight' is missing").And.Message.Contains("'features.conv16.weight' is unexpected"));
        Refused(new() { Source = path, Sha256 = new('0', 64) }, $"has the SHA-256 {Hash}; expected 0000");
        Refused(new() { Source = path, SizeBytes = 5 }, $"has {_file.Length} bytes; expected 5");
        Assert.That(() => new PretrainedWeights { Source = path + "x" }.LoadInto(other), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains(path + "x"));

        void Refused(PretrainedWeights weights, string message) => Assert.That(() => weights.LoadInto(other), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(path).And.Message.Contains(message));
    }

    [Test]
    public void A_download_is_kept_and_not_repeated_and_a_damaged_copy_is_replaced()
    {
        using var server = new WeightServer(_file);
        Load(server);
        Load(server);
        Assert.That(server.Requests, Is.EqualTo(new[] { "all" }));
        var copy = Directory.GetFiles(Cache, "*.safetensors").Single();
        File.WriteAllText(copy, "damaged");
        Load(server);
        Assert.That(server.Requests, Is.EqualTo(new[] { "all", "all" }));
        Assert.That(File.ReadAllBytes(copy), Is.EqualTo(_file));
    }

    [Test]
    public void A_download_that_breaks_off_goes_on_from_there()
    {
        using var server = new WeightServer(_file) { BreakOffAfter = 150_000 };
        Load(server);
        Assert.That(_file, Has.Length.InRange(300_001, 450_000), "three pieces");
        Assert.That(server.Requests, Is.EqualTo(new[] { "all", "from 150000", "from 300000" }));
    }

    [Test]
    public void One_that_breaks_off_again_and_again_fails_with_how_far_it_came_and_the_next_call_goes_on()
    {
        using var server = new WeightServer(_file) { BreakOffAfter = 50_000 };
        Assert.That(() => Load(server), Throws.InstanceOf<IOException>().With.Message.Contains($"failed after 150000 of {_file.Length} bytes").And.Message.Contains("goes on from there"));
        server.BreakOffAfter = int.MaxValue;
        Load(server);
        Assert.That(server.Requests, Is.EqualTo(new[] { "all", "from 50000", "from 100000", "from 150000" }));
    }

    [Test]
    public async Task Of_processes_that_start_together_one_downloads_and_the_others_take_its_file()
    {
        using var server = new WeightServer(_file);
        var download = new WeightDownload(new(server.Address), Hash, null, Cache);
        var path = Path.Combine(Cache, $"{Hash}.safetensors");
        Directory.CreateDirectory(Cache);
        Task<string> waiting;
        using (await InterProcessLock.AcquireAsync(path + ".lock", () => { }, default))
        {
            waiting = Task.Run(() => download.Fetch(default));
            using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(0.3));
            Assert.That(() => download.Fetch(impatient.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(waiting.IsCompleted, Is.False);
            File.WriteAllBytes(path, _file);
        }
        Assert.That(await waiting, Is.EqualTo(path));
        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public void A_server_that_falls_silent_is_asked_for_the_rest()
    {
        using var server = new WeightServer(_file) { BreakOffAfter = 250_000, FallsSilent = true };
        var path = new WeightDownload(new(server.Address), Hash, null, Cache) { Patience = TimeSpan.FromSeconds(2) }.Fetch(default);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(_file));
        Assert.That(server.Requests, Is.EqualTo(new[] { "all", "from 250000" }));
    }

    [Test]
    public void A_server_that_never_says_a_word_is_given_up_and_a_cancelled_download_ends_at_once()
    {
        using var server = new WeightServer(_file) { BreakOffAfter = 0, FallsSilent = true, Status = 0 };
        Assert.That(() => new WeightDownload(new(server.Address), Hash, null, Cache) { Patience = TimeSpan.FromSeconds(0.2) }.Fetch(default),
            Throws.InstanceOf<IOException>().With.Message.Contains("silent for 0.2 s").And.Message.Contains(server.Address));
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(0.2));
        Assert.That(() => new WeightDownload(new(server.Address), Hash, null, Cache).Fetch(cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_server_that_cannot_resume_starts_again()
    {
        using var server = new WeightServer(_file) { BreakOffAfter = 50_000, Resumes = false };
        Assert.That(() => Load(server), Throws.InstanceOf<IOException>().With.Message.Contains("failed after 50000 of"));
        server.BreakOffAfter = int.MaxValue;
        Load(server);
    }

    [Test]
    public void Another_hash_or_size_is_refused_and_not_kept()
    {
        using var server = new WeightServer(_file);
        Assert.That(() => Load(server, hash: new('A', 64)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains($"has the SHA-256 {Hash}; expected AAAA"));
        Assert.That(Directory.GetFiles(Cache).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)), Is.Empty);
        Assert.That(() => Load(server, size: 17), Throws.InstanceOf<InvalidDataException>().With.Message.Contains($"has {_file.Length} bytes; expected 17"));
    }

    [Test]
    public void A_server_that_refuses_or_is_not_there_is_named()
    {
        using var server = new WeightServer(_file) { Status = 404 };
        Assert.That(() => Load(server), Throws.InstanceOf<IOException>().With.Message.Contains(server.Address).And.Message.Contains("404"));
        var gone = server.Address;
        server.Dispose();
        using var network = NetworkRegistry.Create(Architecture.SmallCnn, new() { Classes = 7 });
        Assert.That(() => new PretrainedWeights { Source = gone, Sha256 = Hash, CacheFolder = Cache }.LoadInto(network), Throws.InstanceOf<IOException>().With.Message.Contains(gone));
    }

    [Test]
    public void An_address_needs_https_and_a_hash()
    {
        using var network = NetworkRegistry.Create(Architecture.SmallCnn, new());
        void Refused(PretrainedWeights weights, string message) => Assert.That(() => weights.LoadInto(network), Throws.ArgumentException.With.Message.Contains(message));
        Refused(new() { Source = "http://example.org/weights", Sha256 = Hash }, "expected a path or an https address");
        Refused(new() { Source = "ftp://example.org/weights", Sha256 = Hash }, "expected a path or an https address");
        Refused(new() { Source = "https://example.org/weights" }, "Sha256 is needed");
        Refused(new() { Source = "weights", Sha256 = "12" }, "64 hexadecimal digits");
    }

    private static byte[] Saved(nn.Module network)
    {
        using var stream = new MemoryStream();
        ModuleWeights.Save(network, stream);
        return stream.ToArray();
    }

    private void Load(WeightServer server, string? hash = null, long? size = null)
    {
        using var network = NetworkRegistry.Create(Architecture.SmallCnn, new() { Classes = 7 }, seed: 2);
        new PretrainedWeights { Source = server.Address, Sha256 = hash ?? Hash, SizeBytes = size, CacheFolder = Cache }.LoadInto(network);
        Assert.That(Saved(network), Is.EqualTo(_file));
    }
}
