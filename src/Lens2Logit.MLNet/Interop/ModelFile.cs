using System.Text.Json;
using Lens2Logit.Stages;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Interop;

/// <summary>How a component is known inside a model file.</summary>
/// <param name="LoaderSignature">Name under which ML.NET finds the loader; never changed once released.</param>
/// <param name="Tag">Eight characters that mark the component's data.</param>
/// <param name="Version">
/// Raised by one when the component writes something that its older code would not understand, such as a new option; older code then
/// says that the file is newer. Files of all versions from <see cref="First"/> on load forever.
/// </param>
internal sealed record ModelSignature(string LoaderSignature, string Tag, uint Version = ModelSignature.First)
{
    public const uint First = 0x00010001;

    public VersionInfo VersionInfo => new(Tag, verWrittenCur: Version, verReadableCur: Version, verWeCanReadBack: First,
        loaderAssemblyName: typeof(ModelSignature).Assembly.GetName().Name, loaderSignature: LoaderSignature);
}

/// <summary>Writes one component into ML.NET's model file: its description as JSON, and binary streams such as weights.</summary>
internal sealed class ModelWriter(ModelSaveContext context)
{
    public void Write<T>(ModelSignature signature, T description)
    {
        context.CheckAtModel();
        context.SetVersionInfo(signature.VersionInfo);
        context.SaveNonEmptyString(JsonSerializer.Serialize(description, StageJson.Format));
    }

    public void WriteStream(string name, Action<Stream> write) => context.SaveBinaryStream(name, writer =>
    {
        using var buffer = new MemoryStream();
        write(buffer);
        writer.Write(buffer.GetBuffer().AsSpan(0, checked((int)buffer.Length)));
    });
}

/// <summary>Reads what <see cref="ModelWriter"/> wrote.</summary>
internal sealed class ModelReader(ModelLoadContext context)
{
    /// <exception cref="InvalidDataException">The description cannot be read.</exception>
    public T Read<T>(ModelSignature signature)
    {
        context.CheckAtModel(signature.VersionInfo);
        return StageJson.Read<T>(context.LoadNonEmptyString());
    }

    /// <exception cref="InvalidDataException">The stream is missing, or <paramref name="read"/> cannot read it; the message names it.</exception>
    public void ReadStream(string name, Action<Stream> read)
    {
        using var buffer = new MemoryStream();
        if (!context.TryLoadBinaryStream(name, reader => reader.BaseStream.CopyTo(buffer)))
            throw new InvalidDataException($"The model file lacks '{name}'.");
        buffer.Position = 0;
        try
        {
            read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{name}' in the model file cannot be read: {e.Message}", e);
        }
    }
}
