using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using KubeInject.Kubernetes.Client.Metadata;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Benchmarks;

/// <summary>The cost of decoding the metadata of pods, compared with general readers of the same bytes.</summary>
internal sealed class MetadataComparisons
{
    private const int Pods = 1_000;

    // A chunk of the response, as large as the first buffer of the metadata reader.
    private const int Piece = 128 * 1024;

    private readonly List<ObjectMetadata> objects = new(Pods);
    private readonly byte[] protobuf = Protobuf();
    private readonly byte[] json = JsonSerializer.SerializeToUtf8Bytes(new { kind = "PartialObjectMetadataList", apiVersion = "meta.k8s.io/v1", metadata = new { resourceVersion = "1" }, items = Enumerable.Range(0, Pods).Select(Item) });

    /// <summary>Returns the comparisons.</summary>
    public IEnumerable<Comparison> All() =>
    [
        Comparison.Of("metadata/protobuf", "Google.Protobuf, skips the fields of each pod", () => Read(new ProtobufMetadataReader(KubeResource.Pods), protobuf), WalkProtobuf) with { IsShort = true },
        Comparison.Of("metadata/json", "JsonDocument", () => Read(new JsonMetadataReader(KubeResource.Pods), json), ParseJson) with { IsShort = true },
    ];

    // Skips the fields of every pod's metadata without creating objects.
    private long WalkProtobuf()
    {
        var list = new CodedInputStream(protobuf, 4, protobuf.Length - 4);
        list.ReadTag();
        list.SkipLastField();
        list.ReadTag();
        return Walk(list, depth: 2);
    }

    private int ParseJson()
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("items").GetArrayLength();
    }

    private int Read(IMetadataReader reader, byte[] bytes)
    {
        objects.Clear();
        var start = 0;
        for (var end = 0; end < bytes.Length;)
        {
            end = Math.Min(end + Piece, bytes.Length);
            start += reader.Read(bytes.AsSpan(start..end), end == bytes.Length, objects);
        }

        return objects.Count;
    }

    // The fields of a list: its items and their metadata.
    private static long Walk(CodedInputStream stream, int depth)
    {
        var length = stream.ReadLength();
        var end = stream.Position + length;
        while (stream.Position < end)
        {
            var tag = stream.ReadTag();
            if (depth > 0 && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                Walk(stream, depth - 1);
            else
                stream.SkipLastField();
        }

        return length;
    }

    private static byte[] Protobuf()
    {
        var list = Message(stream =>
        {
            foreach (var i in Enumerable.Range(0, Pods))
                Put(stream, 2, Message(item => Put(item, 1, Message(metadata => PutMetadata(metadata, i)))));
        });
        return [.. "k8s\0"u8, .. Message(unknown =>
        {
            Put(unknown, 1, Message(type =>
            {
                Put(type, 1, "meta.k8s.io/v1");
                Put(type, 2, "PartialObjectMetadataList");
            }));
            Put(unknown, 2, list);
        })];
    }

    private static void PutMetadata(CodedOutputStream metadata, int i)
    {
        Put(metadata, 1, Name(i));
        Put(metadata, 3, "shop");
        Put(metadata, 5, Uid(i));
        foreach (var (key, value) in Labels(i))
            Put(metadata, 11, Message(entry => PutPair(entry, key, value)));
        foreach (var (key, value) in Annotations(i))
            Put(metadata, 12, Message(entry => PutPair(entry, key, value)));
    }

    private static void PutPair(CodedOutputStream entry, string key, string value)
    {
        Put(entry, 1, key);
        Put(entry, 2, value);
    }

    private static void Put(CodedOutputStream stream, int field, byte[] message)
    {
        stream.WriteTag(field, WireFormat.WireType.LengthDelimited);
        stream.WriteBytes(ByteString.CopyFrom(message));
    }

    private static void Put(CodedOutputStream stream, int field, string text)
    {
        stream.WriteTag(field, WireFormat.WireType.LengthDelimited);
        stream.WriteString(text);
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using var stream = new CodedOutputStream(bytes);
        write(stream);
        stream.Flush();
        return bytes.ToArray();
    }

    private static object Item(int i) =>
        new { metadata = new { name = Name(i), @namespace = "shop", uid = Uid(i), labels = Labels(i), annotations = Annotations(i) } };

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"orders-{i:d6}");

    private static string Uid(int i) => $"{new Guid(i, 0, 0, new byte[8])}";

    private static Dictionary<string, string> Labels(int i) =>
        new() { ["app"] = "orders", ["pod-template-hash"] = $"{i % 97:x}", ["tier"] = "backend" };

    private static Dictionary<string, string> Annotations(int i) =>
        Enumerable.Range(0, 10).ToDictionary(j => $"example.com/note-{j}", j => $"{i} {j} {new string('n', 90)}");
}
