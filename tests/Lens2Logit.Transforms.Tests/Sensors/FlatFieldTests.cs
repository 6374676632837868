using Lens2Logit.Sensors;

namespace Lens2Logit.Tests.Sensors;

/// <summary>
/// Flat fields against the photon transfer law. With 1024×1024 pixels the standard error of a variance is 0.14 %, so the
/// threshold of 4.5 standard errors is 0.6 %, and an error of 2 % is seen.
/// </summary>
public class FlatFieldTests
{
    private const int Size = 1024;

    [Test]
    public void Flat_field_mean_and_variance_follow_the_photon_transfer_law([Values(0, 2, 15, 73, 727, 3600, 6500)] double electrons)
    {
        var measured = FlatField(electrons);
        var law = PhotonTransferLaw.Of(Shots.PlainCamera, electrons, 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(law.MeanAgrees(measured), $"mean {measured.Mean} DN against {law.Mean}");
            Assert.That(law.VarianceAgrees(measured), $"variance {measured.Variance} DN² against {law.Variance}");
        }
    }

    [Test]
    public void A_gain_that_is_two_percent_off_would_be_noticed(
        [Values(0.98f, 1.02f)] float factor, [Values(73, 727, 6500)] double electrons)
    {
        var measured = FlatField(electrons);
        var wrong = Shots.PlainCamera with { SystemGain = factor * Shots.PlainCamera.SystemGain };
        var law = PhotonTransferLaw.Of(wrong, electrons, 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(law.MeanAgrees(measured), Is.False);
            Assert.That(law.VarianceAgrees(measured), Is.False);
        }
    }

    [Test]
    public void A_variance_that_is_two_percent_off_would_be_noticed(
        [Values(0.98, 1.02)] double factor, [Values(0, 73, 6500)] double electrons)
    {
        var law = PhotonTransferLaw.Of(Shots.PlainCamera, electrons, 0);
        Assert.That((law with { Variance = factor * law.Variance }).VarianceAgrees(FlatField(electrons)), Is.False);
    }

    [Test]
    public void Rounding_to_digital_numbers_adds_a_variance_of_one_twelfth()
    {
        // At 16 bits with a noise of 0.8 DN the quantisation is 11 % of the variance.
        var camera = Shots.PlainCamera with { BitDepth = 16, SystemGain = 0.25f, ReadNoiseElectrons = 3.2f, BlackLevelDn = 1000 };
        var measured = Moments.Of(Shots.TakeFlat(camera, new Exposure { Illumination = 0 }, Size));
        var law = PhotonTransferLaw.Of(camera, 0, 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(law.VarianceAgrees(measured), $"variance {measured.Variance} DN² against {law.Variance}");
            Assert.That((law with { Variance = law.Variance - (1.0 / 12) }).VarianceAgrees(measured), Is.False);
        }
    }

    [TestCase(25, 1000)]
    [TestCase(32, 2000)]
    [TestCase(11, 250)]
    public void A_dark_frame_holds_the_dark_current_which_doubles_every_seven_kelvin(float temperature, double electrons)
    {
        var camera = Shots.PlainCamera with
        {
            DarkCurrentElectronsPerSecond = 2000, DarkCurrentDoublingKelvin = 7, ReferenceTemperatureCelsius = 25,
        };
        var exposure = new Exposure { Illumination = 0, ExposureTimeSeconds = 0.5f, TemperatureCelsius = temperature };
        var measured = Moments.Of(Shots.TakeFlat(camera, exposure, Size));
        var law = PhotonTransferLaw.Of(camera, 0, electrons);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(law.MeanAgrees(measured), $"mean {measured.Mean} DN against {law.Mean}");
            Assert.That(law.VarianceAgrees(measured), $"variance {measured.Variance} DN² against {law.Variance}");
        }
    }

    // A correlation of independent pixels is normal with standard deviation 1/√N.
    [TestCase(1)]
    [TestCase(Size)]
    [TestCase(Size + 1)]
    [TestCase(2)]
    [TestCase(2 * Size)]
    public void Noise_of_neighbours_is_uncorrelated(int distance)
    {
        var shot = Shots.TakeFlat(Shots.PlainCamera, Shots.Electrons(Shots.PlainCamera, 73), Size);
        Assert.That(Shots.Correlation(shot.AsSpan(distance), shot.AsSpan(..^distance)), Is.Zero.Within(4.5 / Size));
    }

    [TestCase(1ul, 0)]
    [TestCase(1ul << 32, 0)]
    [TestCase(0ul, 1)]
    public void Another_row_key_or_frame_seed_draws_independent_noise(ulong rowKey, int frameSeed)
    {
        var exposure = Shots.Electrons(Shots.PlainCamera, 73);
        var first = Shots.TakeFlat(Shots.PlainCamera, exposure, Size);
        var second = Shots.TakeFlat(Shots.PlainCamera, exposure, Size, rowKey, frameSeed);
        Assert.That(Shots.Correlation(first, second), Is.Zero.Within(4.5 / Size));
    }

    private static Moments FlatField(double electrons) =>
        Moments.Of(Shots.TakeFlat(Shots.PlainCamera, Shots.Electrons(Shots.PlainCamera, electrons), Size, frameSeed: 7));
}
