using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Interop;

/// <summary>What an <see cref="MLContext"/> knows and does not show.</summary>
internal static class MLEnvironment
{
    public static IHostEnvironment Of(MulticlassClassificationCatalog.MulticlassClassificationTrainers trainers)
    {
        ArgumentNullException.ThrowIfNull(trainers);
        InteropCheck.ThrowIfBroken();
        return Unchecked(trainers);
    }

    /// <summary>For transforms that need nothing of the context; a way into the library is checked all the same.</summary>
    public static void Check(TransformsCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        InteropCheck.ThrowIfBroken();
    }

    public static IHostEnvironment Of(TransformsCatalog catalog)
    {
        Check(catalog);
        return Unchecked(catalog);
    }

    public static IHostEnvironment Of(DataOperationsCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        InteropCheck.ThrowIfBroken();
        return Unchecked(catalog);
    }

    /// <summary>The context's seed, or one drawn from its random stream.</summary>
    public static int SeedOf(IHost host) => Settings(host)?.Seed ?? host.Rand.Next();

    /// <summary>Whether the context's own CancelExecution was called.</summary>
    public static bool IsCancelled(IHost host) => host is ICancelable { IsCanceled: true };

    public static int? GpuDeviceId(IHostEnvironment environment) => Settings(environment)?.GpuDeviceId;

    public static bool FallbackToCpu(IHostEnvironment environment) => Settings(environment)?.FallbackToCpu ?? true;

    private static IHostEnvironmentInternal? Settings(IHostEnvironment environment) => environment as IHostEnvironmentInternal;

    // Apart from the check: a method that names a missing type cannot even be entered.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IHostEnvironment Unchecked(MulticlassClassificationCatalog.MulticlassClassificationTrainers trainers) => CatalogUtils.GetEnvironment(trainers);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IHostEnvironment Unchecked(TransformsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IHostEnvironment Unchecked(DataOperationsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);
}
