namespace Lens2Logit.Examples;

/// <summary>The parts of a data set, as the column <c>split</c> of a labels.csv names them.</summary>
internal static class DataSplit
{
    public const string Train = "train", Validation = "validation", Test = "test";

    /// <summary>One of the three; <c>val</c> is another word for validation.</summary>
    /// <exception cref="InvalidDataException">It is none of them.</exception>
    public static string Of(string image, string word) => word switch
    {
        Train or Validation or Test => word,
        "val" => Validation,
        _ => throw new InvalidDataException($"The split of '{image}' in labels.csv is '{word}'; expected {Train}, {Validation} (or val) or {Test}."),
    };
}
