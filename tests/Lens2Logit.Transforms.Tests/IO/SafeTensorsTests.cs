using System.Buffers.Binary;
using System.Text;
using Lens2Logit.IO;
using Lens2Logit.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lens2Logit.Tests.IO;

public class SafeTensorsTests
{
    [Test]
    public void Tensors_of_every_type_and_shape_survive()
    {
        using var scope = NewDisposeScope();
        (string, Tensor)[] tensors =
        [
            ("single", rand(2, 3)), ("double", rand(4).to(ScalarType.Float64)), ("half", rand(2).to(ScalarType.Float16)),
            ("long", tensor(7L)), ("flags", tensor(new[] { true, false })), ("empty", zeros(0, 3)), ("view", rand(4, 4).t()),
        ];
        var read = SafeTensors.Read(new MemoryStream(Bytes(tensors)));
        Assert.That(read.Keys, Is.EquivalentTo(tensors.Select(t => t.Item1)));
        foreach (var (name, value) in tensors)
        {
            Assert.That(read[name].dtype, Is.EqualTo(value.dtype), name);
            Assert.That(read[name].shape, Is.EqualTo(value.shape), name);
            Assert.That(read[name].equal(value).all().ToBoolean(), name);
        }
    }

    [Test]
    public void A_file_as_another_writer_makes_it_is_read()
    {
        using var scope = NewDisposeScope();
        var header = """{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}""";
        var read = SafeTensors.Read(new MemoryStream([.. Header(header), .. BitConverter.GetBytes(42L), .. BitConverter.GetBytes(1.5f)]));
        Assert.That(read["a"].ToInt64(), Is.EqualTo(42));
        Assert.That(read["b"][0].ToSingle(), Is.EqualTo(1.5f));
    }

    [Test]
    public void An_empty_tensor_may_be_listed_after_one_that_begins_at_the_same_byte()
    {
        using var scope = NewDisposeScope();
        var header = """{"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}""";
        var read = SafeTensors.Read(new MemoryStream([.. Header(header), 7, 9]));
        Assert.That(read["a"].shape, Is.EqualTo(new long[] { 0, 3 }));
        Assert.That(read["b"].data<byte>().ToArray(), Is.EqualTo(new byte[] { 7, 9 }));
    }

    [Test]
    public void A_file_cut_anywhere_is_refused_and_leaves_no_tensor_behind()
    {
        byte[] bytes;
        using (NewDisposeScope())
            bytes = Bytes([("a", rand(3)), ("b", rand(2))]);
        long before = LiveTensors.Count();
        for (int length = 0; length < bytes.Length; length++)
            Assert.That(() => SafeTensors.Read(new MemoryStream(bytes, 0, length)), Throws.InstanceOf<InvalidDataException>(), $"{length} bytes");
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "spans 4 bytes")]
    [TestCase("""{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}""", "F99")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "begins at byte 4")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,-4]}}""", "spans")]
    [TestCase("""{"a":{"dtype":"F32","shape":[9000000000000000000],"data_offsets":[0,4]}}""", "cannot be read")]
    [TestCase("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", "'a' occurs twice")]
    [TestCase("""{"a":3}""", "cannot be read")]
    [TestCase("""{"a":""", "cannot be read")]
    public void A_header_that_lies_is_refused(string header, string reason) =>
        Assert.That(() => SafeTensors.Read(new MemoryStream([.. Header(header), .. new byte[8]])), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(reason));

    [Test]
    public void Weights_of_another_network_are_refused_with_every_difference_and_change_nothing()
    {
        using var scope = NewDisposeScope();
        using var two = new SmallCnn(new() { Classes = 2 });
        using var five = new SmallCnn(new() { Classes = 5 });
        using var residual = new ResNet(18, new());
        var before = two.parameters().First().clone();
        Assert.That(() => ModuleWeights.Load(two, Saved(five)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'classifier.weight' has shape [5, 128], expected [2, 128]"));
        Assert.That(() => ModuleWeights.Load(two, Saved(residual)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'classifier.weight' is missing").And.Message.Contains("'fc.weight' is unexpected"));
        Assert.That(two.parameters().First().equal(before).all().ToBoolean());
    }

    [Test]
    public void Weights_come_back_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var a = NetworkRegistry.Create(Architecture.SmallCnn, new(), 1);
        using var b = NetworkRegistry.Create(Architecture.SmallCnn, new(), 2);
        ModuleWeights.Load(b, Saved(a));
        foreach (var (name, value) in a.state_dict())
            Assert.That(b.state_dict()[name].equal(value).all().ToBoolean(), name);
    }

    private static MemoryStream Saved(nn.Module module)
    {
        var stream = new MemoryStream();
        ModuleWeights.Save(module, stream);
        stream.Position = 0;
        return stream;
    }

    private static byte[] Bytes((string, Tensor)[] tensors)
    {
        var stream = new MemoryStream();
        SafeTensors.Write(stream, tensors);
        return stream.ToArray();
    }

    private static byte[] Header(string json)
    {
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(json)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - 8);
        Encoding.UTF8.GetBytes(json, bytes.AsSpan(8));
        return bytes;
    }
}
