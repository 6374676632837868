namespace Lens2Logit.MLNet.Data.Smear;

/// <summary>
/// The white cells that a differential count tells apart; the values are the class indices of <see cref="SyntheticSmear"/>.
/// </summary>
internal enum LeukocyteType
{
    /// <summary>Round nucleus.</summary>
    Lymphocyte,

    /// <summary>Kidney-shaped nucleus.</summary>
    Monocyte,

    /// <summary>Nucleus of three or four lobes.</summary>
    Neutrophil,

    /// <summary>Nucleus of two lobes, coarse eosinophilic granules in the cytoplasm.</summary>
    Eosinophil,

    /// <summary>Round nucleus, overlaid like the cytoplasm by coarse basophilic granules.</summary>
    Basophil,
}
