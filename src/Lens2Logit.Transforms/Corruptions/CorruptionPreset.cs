namespace Lens2Logit.Corruptions;

/// <summary>How strong the five severities are.</summary>
public enum CorruptionPreset
{
    /// <summary>The gentler values of the drift paper (TMLR 2023), which for most corruptions are those of CIFAR-10-C.</summary>
    Gentle,

    /// <summary>The values of ImageNet-C (Hendrycks and Dietterich, ICLR 2019), made for images of 224×224 pixels.</summary>
    ImageNetC,
}
