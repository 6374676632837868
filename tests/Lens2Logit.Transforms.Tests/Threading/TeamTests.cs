using Lens2Logit.Native;
using Lens2Logit.Threading;

namespace Lens2Logit.Tests.Threading;

public class TeamTests
{
    [Test]
    public void Libtorchs_own_threads_are_found_on_Linux()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("libtorch has another OpenMP runtime here: its threads are not used.");
        Assert.That(Team.Torch, Is.InstanceOf<OpenMpTeam>());
    }

    [Test]
    public void Work_runs_once_for_each_thread_and_on_the_calling_one([Values(1, 2, 4)] int threads, [Values] bool ofTorch)
    {
        int runs = 0, here = 0, caller = Environment.CurrentManagedThreadId;
        (ofTorch ? Team.Torch : Team.Pool).Run(threads, () =>
        {
            Interlocked.Increment(ref runs);
            if (Environment.CurrentManagedThreadId == caller)
                Interlocked.Increment(ref here);
        });
        Assert.That(runs, Is.EqualTo(threads));
        Assert.That(here, Is.GreaterThan(0));
    }

    [Test]
    public void Errors_come_back_to_the_caller_and_the_threads_work_on([Values] bool ofTorch)
    {
        var team = ofTorch ? Team.Torch : Team.Pool;
        var error = Assert.Throws<AggregateException>(() => team.Run(2, () => throw new InvalidOperationException("broken")));
        Assert.That(error!.InnerExceptions, Is.Not.Empty.And.All.Message.EqualTo("broken"));
        int runs = 0;
        team.Run(2, () => Interlocked.Increment(ref runs));
        Assert.That(runs, Is.EqualTo(2));
    }

    [Test]
    public void Callers_on_many_threads_do_not_disturb_each_other()
    {
        var runs = new int[6];
        var callers = Enumerable.Range(0, runs.Length).Select(caller => new Thread(() =>
        {
            for (int i = 0; i < 50; i++)
                Team.Torch.Run(3, () => Interlocked.Increment(ref runs[caller]));
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());
        Assert.That(runs, Is.All.EqualTo(150));
    }
}
