using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training.Loop;

/// <summary>
/// Everything on which the result of a training depends, as text by name and alike in every culture: a checkpoint can be resumed where all of it is
/// the same.
/// </summary>
internal static class TrainingConfiguration
{
    // The first images stand for all, which may take as long to read as an epoch: another folder, camera or light changes these too.
    private const int ImagesInFingerprint = 64;

    public static SortedDictionary<string, string> Of(TrainingOptions options, TrainingTask task, string architecture, TrainedModules modules, TrainingRows train, TrainingRows? validation, int seed)
    {
        return new(OptionsOf(options), StringComparer.Ordinal)
        {
            ["Task"] = task.Description,
            ["Architecture"] = architecture,
            ["Stages"] = modules.Chain.ToString(),
            ["Stage options"] = string.Join(" ", modules.Chain.Links.Select(link => link.Stage.OptionsToJson())),
            ["Training rows"] = Text(train.Count),
            ["Training data"] = Fingerprint(train),
            ["Validation rows"] = Text(validation?.Count ?? 0),
            ["Validation data"] = validation is null ? "" : Fingerprint(validation),
            ["Initial weights"] = Fingerprint(modules),
            [nameof(options.Seed)] = Text(seed),
        };
    }

    /// <summary>The options alone, but for the seed.</summary>
    public static SortedDictionary<string, string> OptionsOf(TrainingOptions options) => new(StringComparer.Ordinal)
    {
        [nameof(options.Epochs)] = Text(options.Epochs),
        [nameof(options.BatchSize)] = Text(options.BatchSize),
        [nameof(options.LearningRate)] = Text(options.LearningRate),
        [nameof(options.StageLearningRate)] = Text(options.StageLearningRate),
        [nameof(options.ParameterLearningRates)] = string.Join(", ", options.ParameterLearningRates.OrderBy(rate => rate.Key, StringComparer.Ordinal).Select(rate => $"{rate.Key}: {Text(rate.Value)}")),
        [nameof(options.StagePenaltyWeight)] = Text(options.StagePenaltyWeight),
        [nameof(options.Schedule)] = options.Schedule.ToString(),
        [nameof(options.WarmupSteps)] = Text(options.WarmupSteps),
        [nameof(options.WeightDecay)] = Text(options.WeightDecay),
        [nameof(options.GradientClipNorm)] = Text(options.GradientClipNorm),
        [nameof(options.FreezeNetwork)] = Text(options.FreezeNetwork),
        [nameof(options.FreezeStages)] = Text(options.FreezeStages),
        [nameof(options.FrozenParameters)] = string.Join(", ", options.FrozenParameters.Order(StringComparer.Ordinal)),
        [nameof(options.Augmentation)] = Text(options.Augmentation),
        [nameof(options.EarlyStopping)] = options.EarlyStopping is not { } stopping ? ""
            : FormattableString.Invariant($"EarlyStopping {{ Patience = {stopping.Patience}, MinimumImprovement = {stopping.MinimumImprovement} }}"),
        [nameof(options.Precision)] = options.Precision.ToString(),
        [nameof(options.ChannelsLast)] = Text(options.ChannelsLast),
        [nameof(options.CacheRows)] = Text(options.CacheRows),
    };

    /// <summary>For example <c>LearningRate is 0.01 there and 0.001 here</c>; empty where nothing differs.</summary>
    public static string Difference(IReadOnlyDictionary<string, string> there, IReadOnlyDictionary<string, string> here) => string.Join("; ",
        from name in there.Keys.Union(here.Keys).Order(StringComparer.Ordinal)
        let first = there.GetValueOrDefault(name, "")
        let second = here.GetValueOrDefault(name, "")
        where first != second
        select $"{name} is {Shown(first)} there and {Shown(second)} here");

    private static string Shown(string value) => value.Length == 0 ? "not set" : value;

    private static string Text<T>(T value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string Fingerprint(TrainingRows rows) => Hash(hash =>
    {
        foreach (var row in rows.Read(null).Take(ImagesInFingerprint))
            hash.AppendData(MemoryMarshal.AsBytes<float>(row.Image));
        hash.AppendData(MemoryMarshal.AsBytes<ulong>([.. rows.Keys]));
        hash.AppendData(MemoryMarshal.AsBytes<int>([.. rows.Strata]));
    });

    private static string Fingerprint(TrainedModules modules) => Hash(hash =>
    {
        using var scope = NewDisposeScope();
        foreach (var (_, value) in modules.State())
            hash.AppendData(value.detach().cpu().contiguous().bytes);
    });

    private static string Hash(Action<IncrementalHash> append)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        append(hash);
        return Convert.ToHexString(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
