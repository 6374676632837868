namespace Lens2Logit.Networks;

/// <summary>Names of the built-in segmentation networks; networks registered with <see cref="SegmentationNetworkRegistry"/> are named likewise.</summary>
public static class SegmentationArchitecture
{
    /// <summary>U-Net++ with a ResNet-34 encoder of depth 5: 26 million parameters, images of multiples of 32 pixels. See <see cref="Networks.UnetPlusPlus"/>.</summary>
    public const string UnetPlusPlus = "UnetPlusPlus";

    /// <summary>U-Net++ with a ResNet-34 encoder of depth 3: images of multiples of 8 pixels.</summary>
    public const string UnetPlusPlusDepth3 = "UnetPlusPlusDepth3";

    /// <summary>A U-Net of three levels for images of about 64 pixels, on a CPU: 0.1 million parameters, images of multiples of 4 pixels. See <see cref="Networks.SmallUnet"/>.</summary>
    public const string SmallUnet = "SmallUnet";
}
