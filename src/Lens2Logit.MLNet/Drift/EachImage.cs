using System.Runtime.ExceptionServices;

namespace Lens2Logit.MLNet.Drift;

/// <summary>Work on images side by side. An image that cannot be worked on throws what it would alone, not an <see cref="AggregateException"/>.</summary>
internal static class EachImage
{
    public static void Do(int count, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
