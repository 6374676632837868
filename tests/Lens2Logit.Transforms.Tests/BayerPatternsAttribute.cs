using Lens2Logit.Sensors;

namespace Lens2Logit.Tests;

/// <summary>The four patterns that have colours: what every test of an ISP runs over.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class BayerPatternsAttribute() : ValuesAttribute(CfaPattern.Rggb, CfaPattern.Bggr, CfaPattern.Grbg, CfaPattern.Gbrg);
