using Microsoft.ML.Runtime;

namespace Lens2Logit.MLNet.Drift;

/// <summary>Says what is being done in ML.NET's log, once for each new message, and passes the progress on.</summary>
internal sealed class ChannelProgress(IChannel channel, IProgress<DriftProgress>? next) : IProgress<DriftProgress>
{
    private string _said = "";

    public void Report(DriftProgress value)
    {
        if (value.Message != _said)
        {
            _said = value.Message;
            channel.Info(_said);
        }
        next?.Report(value);
    }
}
