using Lens2Logit.IO;
using TorchSharp;

namespace Lens2Logit.Networks;

/// <summary>
/// Weights for a network from a safetensors file: a local one, or one at an https address, which is downloaded once and kept. They are loaded
/// strictly: every missing, unexpected or misshapen entry is named. Lens2Logit ships no weights.
/// </summary>
/// <example>
/// <code>
/// // ImageNet weights of torchvision's ResNet-18, whose last layer tells 1000 other classes apart.
/// new PretrainedWeights { Source = "resnet18.safetensors", Except = ["fc"] }
/// // The same for ResNet-34 as the encoder of a U-Net++.
/// new PretrainedWeights { Source = "resnet34.safetensors", Part = "encoder", Except = ["fc"] }
/// </code>
/// </example>
public sealed record PretrainedWeights
{
    /// <summary>Path of a file, or an https address (http from this machine itself).</summary>
    public required string Source { get; init; }

    /// <summary>SHA-256 of the file, 64 hexadecimal digits. Needed for an address; checked for a local file too if given. Default null.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Length of the file in bytes, to notice another file before it is downloaded. Default null: not checked.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Part of the network that the file describes, <c>encoder</c> for example. Default empty: all of it.</summary>
    public string Part { get; init; } = "";

    /// <summary>
    /// Names of entries, or of layers with all their entries, that are left out in the file and keep their initial weights in the network: a head of
    /// its own, for example <c>fc</c>. Default none.
    /// </summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Folder that keeps what was downloaded, under its hash. Default null: <c>Lens2Logit/weights</c> in the user's local application data.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Loads the weights, downloading the file first if need be. Nothing in the network changes unless all fit.</summary>
    /// <param name="network">The network.</param>
    /// <param name="cancellation">Stops a download; what has arrived is kept, and the next call goes on from there.</param>
    /// <exception cref="ArgumentException">An option is not valid, or the network has no such part.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The download failed; the message says how far it came.</exception>
    /// <exception cref="InvalidDataException">The file has another hash or size, is no safetensors file, or does not fit; the message names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void LoadInto(torch.nn.Module network, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        Validate();
        var part = Part.Length == 0 ? network : network.named_modules().FirstOrDefault(m => m.name == Part).module
            ?? throw new ArgumentException($"{network.GetName()} has no part '{Part}'; it has {string.Join(", ", network.named_children().Select(c => c.name))}.", nameof(network));
        var path = Address() is { } address ? new WeightDownload(address, Sha256!, SizeBytes, CacheFolder ?? DefaultCacheFolder()).Fetch(cancellation) : LocalFile();
        try
        {
            using var stream = File.OpenRead(path);
            ModuleWeights.Load(part, stream, Except);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{Source}' cannot be loaded: {e.Message}", e);
        }
    }

    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Source);
        ArgumentNullException.ThrowIfNull(Part);
        ArgumentNullException.ThrowIfNull(Except);
        if (Sha256 is not null && (Sha256.Length != 64 || !Sha256.All(char.IsAsciiHexDigit)))
            throw new ArgumentException($"{nameof(Sha256)} is '{Sha256}'; expected 64 hexadecimal digits.", nameof(Sha256));
        if (SizeBytes is < 1)
            throw new ArgumentOutOfRangeException(nameof(SizeBytes), SizeBytes, $"{nameof(SizeBytes)} is {SizeBytes}; expected at least 1.");
        if (Address() is not { } address)
            return;
        if (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback)
            throw new ArgumentException($"{nameof(Source)} is '{Source}'; expected a path or an https address.", nameof(Source));
        if (Sha256 is null)
            throw new ArgumentException($"{nameof(Sha256)} is needed to download '{Source}': what is at an address may change.", nameof(Sha256));
    }

    private static string DefaultCacheFolder() => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "Lens2Logit", "weights");

    private Uri? Address() => Uri.TryCreate(Source, UriKind.Absolute, out var address) && !address.IsFile ? address : null;

    private string LocalFile()
    {
        if (!File.Exists(Source))
            throw new FileNotFoundException($"There is no file '{Source}' with weights.", Source);
        if (SizeBytes is { } size && new FileInfo(Source).Length != size)
            throw new InvalidDataException($"'{Source}' has {new FileInfo(Source).Length} bytes; expected {size}.");
        if (Sha256 is not null && WeightDownload.HashOf(Source) is var hash && !hash.Equals(Sha256, StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException($"'{Source}' has the SHA-256 {hash}; expected {Sha256}.");
        return Source;
    }
}
