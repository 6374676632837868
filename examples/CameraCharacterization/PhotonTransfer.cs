using Lens2Logit.Sensors;
using Lens2Logit.Sensors.PhotonTransfer;

namespace CameraCharacterization;

/// <summary>What a laboratory does with a real camera: a bright and a dark series, their analysis, and the standard's plots.</summary>
internal static class PhotonTransfer
{
    public static void Measure(SensorModel sensor, string folder)
    {
        // The standard asks for 50 levels or more.
        var series = PhotonTransferSeries.Simulate(sensor, new() { Levels = 60 });
        var result = series.Analyze();
        Console.WriteLine($"{sensor.Name}: {sensor.Source}");
        Console.WriteLine(result);
        PhotonTransferPlots.PhotonTransfer(result).Save(Path.Combine(folder, "photon-transfer.png"));
        PhotonTransferPlots.SignalToNoise(result).Save(Path.Combine(folder, "snr.png"));
        PhotonTransferPlots.Linearity(result).Save(Path.Combine(folder, "linearity.png"));
        PhotonTransferPlots.LinearityDeviation(result).Save(Path.Combine(folder, "linearity-deviation.png"));
    }
}
