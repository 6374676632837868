namespace Lens2Logit.MLNet.Training;

/// <summary>Numbers with which the network computes while it is trained. Its weights are Float32 in any case, and so are the stages.</summary>
public enum TrainingPrecision
{
    /// <summary>32 bits.</summary>
#pragma warning disable CA1720 // torch's own name
    Float32,
#pragma warning restore CA1720

    /// <summary>
    /// 16 bits, 8 of them for the exponent, in a copy of the network; normalisations stay in 32 bits, and the optimiser updates weights of 32 bits.
    /// Faster where the processor multiplies such numbers itself (AVX-512 BF16, AMX, recent GPUs), slower elsewhere. Source: Micikevicius et al.,
    /// <i>Mixed precision training</i>, ICLR 2018; no scaling of the loss is needed with this exponent.
    /// </summary>
    BFloat16,
}
