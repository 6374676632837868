using Lens2Logit.IO;

namespace Lens2Logit.Tests.IO;

/// <summary>Reads files that exist in memory only.</summary>
internal static class RawReading
{
    public static RawImage Read(byte[] file, RawReadOptions? options = null)
    {
        using var source = new ByteSource(file, "test.raw");
        return RawImageReader.Read(source, options);
    }

    public static RawImage Read(TiffBuilder file, RawReadOptions? options = null) => Read(file.Build(), options);

    /// <summary>That reading fails as promised: an InvalidDataException that names the file and contains the given words.</summary>
    public static void Fails(byte[] file, params string[] words)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(file));
        Assert.That(error!.Message, Does.StartWith("'test.raw' cannot be read: "));
        foreach (var word in words)
            Assert.That(error.Message, Does.Contain(word));
    }

    public static void Fails(TiffBuilder file, params string[] words) => Fails(file.Build(), words);
}
