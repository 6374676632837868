namespace Lens2Logit.Tests;

/// <summary>Optional data for tests: a folder named by the environment variable LENS2LOGIT_TESTDATA.</summary>
internal static class TestData
{
    /// <summary>The path of a file or folder of it; the test is skipped, with the reason, where it does not exist.</summary>
    public static string Require(params string[] parts)
    {
        var root = Environment.GetEnvironmentVariable("LENS2LOGIT_TESTDATA");
        if (string.IsNullOrEmpty(root))
            Assert.Ignore("LENS2LOGIT_TESTDATA is not set; it names the folder of optional test data.");
        var path = Path.Combine([root!, .. parts]);
        if (!Path.Exists(path))
            Assert.Ignore($"{Path.Combine(parts)} does not exist in the folder that LENS2LOGIT_TESTDATA names.");
        return path;
    }
}
