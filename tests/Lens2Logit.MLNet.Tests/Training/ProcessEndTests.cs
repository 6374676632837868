namespace Lens2Logit.Tests.Training;

/// <summary>The end of a process, when libtorch destroys what its threads may still be using.</summary>
public class ProcessEndTests
{
    [Test]
    public void A_process_may_end_while_other_threads_score([Range(1, 4)] int attempt) => Assert.That(() => TrainingProcess.Run("leave"), Throws.Nothing, $"attempt {attempt}");
}
