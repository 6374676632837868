using Lens2Logit.MLNet.Drift.Forensics;
using Lens2Logit.MLNet.Training;
using Lens2Logit.MLNet.Transforms;
using Microsoft.ML;
using Microsoft.ML.Runtime;

// By these ML.NET finds the loader of each component in a model file, without any registration by the user.
[assembly: LoadableClass(typeof(RawImageLoadingTransformer), null, typeof(SignatureLoadModel), "Lens2Logit raw image loader", RawImageLoadingTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(MeasurementSimulatingTransformer), null, typeof(SignatureLoadModel), "Lens2Logit measurement", MeasurementSimulatingTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(StaticIspTransformer), null, typeof(SignatureLoadModel), "Lens2Logit static ISP", StaticIspTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(StageTransformer), null, typeof(SignatureLoadModel), "Lens2Logit differentiable stage", StageTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(RawImageClassificationTransformer), null, typeof(SignatureLoadModel), "Lens2Logit image classifier", RawImageClassificationTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(ToleranceCheckingTransformer), null, typeof(SignatureLoadModel), "Lens2Logit tolerance check", ToleranceCheckingTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(ImageUnprocessingTransformer), null, typeof(SignatureLoadModel), "Lens2Logit unprocessing", ImageUnprocessingTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(RawImageSegmentationTransformer), null, typeof(SignatureLoadModel), "Lens2Logit image segmentation", RawImageSegmentationTransformer.LoaderSignature)]
