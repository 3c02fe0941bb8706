using Google.Protobuf;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Kubernetes;

/// <summary>Lists of metadata in protobuf, written by the official protobuf library.</summary>
internal static class MetadataMessages
{
    /// <summary>A PartialObjectMetadataList as an API server sends it, including fields that are not read.</summary>
    public static byte[] List(IEnumerable<ObjectMetadata> objects, string? next = null) => Envelope("meta.k8s.io/v1", "PartialObjectMetadataList", Message(output =>
    {
        Bytes(output, 1, Message(metadata =>
        {
            Text(metadata, 2, "4711");
            if (next is not null)
                Text(metadata, 3, next);
            metadata.WriteTag(4, WireFormat.WireType.Varint);
            metadata.WriteInt64(-1);
        }));
        foreach (var item in objects)
            Bytes(output, 2, Message(partial => Bytes(partial, 1, Metadata(item))));
    }));

    /// <summary>A message as an API server sends it: four bytes that identify it, its type, and the object.</summary>
    public static byte[] Envelope(string? apiVersion, string? kind, byte[] content) => [.. "k8s\0"u8, .. Message(output =>
    {
        if (apiVersion is not null || kind is not null)
        {
            Bytes(output, 1, Message(type =>
            {
                Text(type, 1, apiVersion ?? "");
                Text(type, 2, kind ?? "");
            }));
        }

        Bytes(output, 2, content);
        Text(output, 3, "");
        Text(output, 4, "");
    })];

    public static byte[] Metadata(ObjectMetadata item) => Message(output =>
    {
        Text(output, 1, item.Name);
        Text(output, 2, "generated-");
        if (item.Namespace is not null)
            Text(output, 3, item.Namespace);
        if (item.Uid is not null)
            Text(output, 5, item.Uid);
        output.WriteTag(7, WireFormat.WireType.Varint);
        output.WriteInt64(long.MaxValue);
        if (item.CreationTimestamp is { } created)
            Bytes(output, 8, Message(time =>
            {
                time.WriteTag(1, WireFormat.WireType.Varint);
                time.WriteInt64(created.ToUnixTimeSeconds());
                time.WriteTag(2, WireFormat.WireType.Varint);
                time.WriteInt32(0);
            }));
        Map(output, 11, item.Labels);
        Map(output, 12, item.Annotations);
        Bytes(output, 17, Message(managed => Text(managed, 1, "kubelet")));

        // Field types that Kubernetes does not use here, but might in the future.
        output.WriteTag(100, WireFormat.WireType.Fixed64);
        output.WriteFixed64(1);
        output.WriteTag(101, WireFormat.WireType.Fixed32);
        output.WriteFixed32(1);
    });

    private static void Map(CodedOutputStream output, int field, IReadOnlyDictionary<string, string> map)
    {
        foreach (var (key, value) in map)
            Bytes(output, field, Message(entry =>
            {
                Text(entry, 1, key);
                Text(entry, 2, value);
            }));
    }

    public static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            write(output);
        return bytes.ToArray();
    }

    public static void Text(CodedOutputStream output, int field, string text)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    }

    public static void Bytes(CodedOutputStream output, int field, byte[] bytes)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
    }
}
