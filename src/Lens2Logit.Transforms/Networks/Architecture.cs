namespace Lens2Logit.Networks;

/// <summary>Names of the built-in classification networks; networks registered with <see cref="NetworkRegistry"/> are named likewise.</summary>
public static class Architecture
{
    /// <summary>ResNet-18 of torchvision: 11 million parameters. Source: He et al., CVPR 2016.</summary>
    public const string ResNet18 = "ResNet18";

    /// <summary>ResNet-34 of torchvision: 21 million parameters. Source: He et al., CVPR 2016.</summary>
    public const string ResNet34 = "ResNet34";

    /// <summary>ResNet-50 of torchvision, with bottleneck blocks: 24 million parameters. Source: He et al., CVPR 2016.</summary>
    public const string ResNet50 = "ResNet50";

    /// <summary>Four convolutions with 16 to 128 channels: 98 thousand parameters, quick and good enough at 64×64 pixels.</summary>
    public const string SmallCnn = nameof(Networks.SmallCnn);
}
