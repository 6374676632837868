using System.IO.Compression;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.ML;

namespace Lens2Logit.MLNet;

/// <summary>
/// Saves and loads models as <c>mlContext.Model</c> does, with two things more: a file is replaced only when the new one is complete, and
/// a file that cannot be loaded is reported with its name and the reason instead of the trace of a reflection call.
/// </summary>
/// <remarks>The files are the same: what one writes the other reads.</remarks>
public static class Lens2LogitModel
{
    /// <summary>Saves a model.</summary>
    /// <param name="context">The context.</param>
    /// <param name="model">The model.</param>
    /// <param name="inputSchema">Schema of the data it takes, or null.</param>
    /// <param name="path">The file to write or replace.</param>
    /// <exception cref="IOException">The file cannot be written; an earlier file of that name is as it was.</exception>
    public static void Save(MLContext context, ITransformer model, DataViewSchema? inputSchema, string path)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            context.Model.Save(model, inputSchema, unfinished);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Loads a model.</summary>
    /// <param name="context">The context; its GpuDeviceId says where the networks go.</param>
    /// <param name="path">The file.</param>
    /// <param name="inputSchema">Schema of the data the model takes, if the file has one.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no ML.NET model, is damaged, or was written by a newer version; the message names file and reason.</exception>
    public static ITransformer Load(MLContext context, string path, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no model file '{path}'.", path);
        RequireModelArchive(path);
        try
        {
            var model = context.Model.Load(path, out var schema);
            inputSchema = schema;
            return model;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var reason = Unwrap(e);
            if (reason is InvalidOperationException or DllNotFoundException)
                ExceptionDispatchInfo.Throw(reason); // a missing GPU or native library is not the file's fault
            // ML.NET's own text speaks of ML.NET's version, whosesoever component it is.
            var text = reason is FormatException && reason.Message.Contains("too new", StringComparison.Ordinal)
                ? $"it was written by a newer version of Lens2Logit than {typeof(Lens2LogitModel).Assembly.GetName().Version!.ToString(3)}, or of ML.NET; update the packages." : reason.Message;
            throw new InvalidDataException($"The model file '{path}' cannot be loaded: {text}", reason);
        }
    }

    private static void RequireModelArchive(string path)
    {
        bool hasComponent;
        try
        {
            using var archive = ZipFile.OpenRead(path);
            // Every component of an ML.NET model lies in a folder with a "Model.key"; names inside may use either slash.
            hasComponent = archive.Entries.Any(entry => entry.FullName.EndsWith("Model.key", StringComparison.Ordinal));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{path}' is no model file: {e.Message}", e);
        }
        if (!hasComponent)
            throw new InvalidDataException($"'{path}' is a zip file, but no ML.NET model: it has no component with a 'Model.key'.");
    }

    /// <summary>ML.NET creates components by reflection, chains within chains; what went wrong lies below the last such call.</summary>
    private static Exception Unwrap(Exception exception)
    {
        var reason = exception;
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (current is TargetInvocationException { InnerException: { } inner })
                reason = inner;
        }
        return reason;
    }
}
