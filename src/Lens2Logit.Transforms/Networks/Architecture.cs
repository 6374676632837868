namespace Lens2Logit.Networks;

/// <summary>Names of the built-in networks; networks registered with <see cref="NetworkRegistry"/> are named likewise.</summary>
public static class Architecture
{
    /// <summary>ResNet-18 of torchvision: 11 million parameters. Source: He et al., CVPR 2016.</summary>
    public const string ResNet18 = nameof(Networks.ResNet18);

    /// <summary>Four convolutions with 16 to 128 channels: 98 thousand parameters, quick and good enough at 64×64 pixels.</summary>
    public const string SmallCnn = nameof(Networks.SmallCnn);
}
