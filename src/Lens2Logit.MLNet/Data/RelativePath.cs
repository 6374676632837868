namespace Lens2Logit.MLNet.Data;

/// <summary>Paths as rows hold them: the same on every system, so that they can serve as keys.</summary>
internal static class RelativePath
{
    public static string Of(string folder, string file) => Path.GetRelativePath(folder, file).Replace('\\', '/');
}
