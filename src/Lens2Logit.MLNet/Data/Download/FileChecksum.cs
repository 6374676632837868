using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Lens2Logit.MLNet.Data.Download;

/// <summary>A digest as records write it: the algorithm's name, a colon, lower-case hexadecimal digits.</summary>
internal readonly record struct FileChecksum(string Algorithm, string Hex)
{
    public const string Forms = "md5:…, sha256:… or sha512:… with hexadecimal digits";

    public static FileChecksum Parse(string text) => TryParse(text, out var checksum) ? checksum : throw new FormatException($"'{text}' is no checksum; expected {Forms}.");

    public static bool TryParse(string? text, out FileChecksum checksum)
    {
        checksum = default;
        if (text?.Split(':') is not [var algorithm, var hex] || !hex.All(char.IsAsciiHexDigit))
            return false;
        checksum = new(algorithm.ToLowerInvariant(), hex.ToLowerInvariant());
        return hex.Length == checksum.Algorithm switch { "md5" => 32, "sha256" => 64, "sha512" => 128, _ => -1 };
    }

    /// <summary>The digest of a file by the same algorithm.</summary>
    public async Task<FileChecksum> OfFileAsync(string path, Action<int> read, CancellationToken cancellation)
    {
        using var hash = CreateHash();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var buffer = new byte[1 << 18];
        for (int count; (count = await file.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
            read(count);
        }
        return this with { Hex = Convert.ToHexStringLower(hash.GetHashAndReset()) };
    }

    public override string ToString() => $"{Algorithm}:{Hex}";

    [SuppressMessage("Security", "CA5351", Justification = "The record publishes MD5; it tells damage in transit, not an attack on the record.")]
    private IncrementalHash CreateHash() => IncrementalHash.CreateHash(Algorithm switch
    {
        "md5" => HashAlgorithmName.MD5,
        "sha256" => HashAlgorithmName.SHA256,
        _ => HashAlgorithmName.SHA512,
    });
}
