using Lens2Logit.MLNet.Interop;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Lens2Logit.MLNet.Training;

/// <summary>The device an <see cref="Microsoft.ML.MLContext"/> asks for: its GpuDeviceId, or the CPU.</summary>
internal static class TrainingDevice
{
    /// <exception cref="InvalidOperationException">A GPU is asked for, there is none, and FallbackToCpu is false.</exception>
    public static Device Of(IHostEnvironment environment, IChannel channel)
    {
        Native.TorchNative.EnsureLoaded();
        if (MLEnvironment.GpuDeviceId(environment) is not { } id)
            return CPU;
        if (cuda.is_available() && id < cuda.device_count())
            return new Device(TorchSharp.DeviceType.CUDA, id);
        var problem = cuda.is_available()
            ? $"GpuDeviceId is {id}, but there are {cuda.device_count()} CUDA devices, numbered from 0."
            : $"GpuDeviceId is {id}, but libtorch sees no CUDA device. The application needs the package TorchSharp-cuda-linux or TorchSharp-cuda-windows, and a driver.";
        if (!MLEnvironment.FallbackToCpu(environment))
            throw new InvalidOperationException(problem + " Set FallbackToCpu to use the CPU.");
        channel.Warning(problem + " The CPU computes.");
        return CPU;
    }
}
