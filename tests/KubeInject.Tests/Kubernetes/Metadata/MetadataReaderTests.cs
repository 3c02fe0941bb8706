using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using KubeInject.Kubernetes.Client.Metadata;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;

namespace KubeInject.Tests.Kubernetes;

public class MetadataReaderTests
{
    private static readonly Gen<string> Text = Gen.Elements("", "a", "vault-db-injector", "true", "ünï", "😀", "line\nline", new string('x', 300), "\"quoted\\\"");

    private static readonly Gen<IReadOnlyDictionary<string, string>> Map =
        from pairs in Gen.ListOf(Text.Zip(Text))
        select (IReadOnlyDictionary<string, string>)pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2);

    private static readonly Gen<ObjectMetadata> Object =
        from name in Text
        from space in Gen.Elements(null, "shop", "other")
        from uid in Gen.Elements(null, "5f3c")
        from seconds in Gen.Elements(null, (long?)0, 1_767_323_045)
        from labels in Map
        from annotations in Map
        select new ObjectMetadata
        {
            Kind = "Pod",
            Name = name,
            Namespace = space,
            Uid = uid,
            CreationTimestamp = seconds is null ? null : DateTimeOffset.FromUnixTimeSeconds(seconds.Value),
            Labels = labels,
            Annotations = annotations,
        };

    private static readonly Gen<(List<ObjectMetadata> Objects, string? Next, int Piece)> List =
        from objects in Gen.ListOf(Object)
        from next in Gen.Elements(null, "more")
        from piece in Gen.Choose(1, 700)
        select (objects.ToList(), next, piece);

    [Fact]
    public void Protobuf_is_read_correctly_in_chunks_of_any_size() => ForAll(list =>
    {
        var reader = new ProtobufMetadataReader(KubeResource.Pods);
        Assert.Equal(list.Objects.Select(Json), Feed(reader, MetadataMessages.List(list.Objects, list.Next), list.Piece).Select(Json));
        Assert.Equal(list.Next, reader.Continue);
    });

    [Fact]
    public void JSON_is_read_correctly_in_chunks_of_any_size() => ForAll(list =>
    {
        var reader = new JsonMetadataReader(KubeResource.Pods);
        Assert.Equal(list.Objects.Select(Json), Feed(reader, JsonList(list.Objects, list.Next), list.Piece).Select(Json));
        Assert.Equal(list.Next, reader.Continue);
    });

    [Fact]
    public void A_list_that_is_truncated_anywhere_is_an_error()
    {
        ObjectMetadata[] objects = [new ObjectMetadata { Kind = "Pod", Name = "a", Labels = new Dictionary<string, string> { ["app"] = "x" } }, new ObjectMetadata { Kind = "Pod", Name = "b" }];
        var protobuf = MetadataMessages.List(objects, "more");

        // The two empty strings after the list have no meaning.
        for (var length = 0; length < protobuf.Length - 4; length++)
            Assert.Throws<InvalidDataException>(() => Feed(new ProtobufMetadataReader(KubeResource.Pods), protobuf[..length], 64));
        var json = JsonList(objects, "more");
        for (var length = 0; length < json.Length; length++)
            Assert.ThrowsAny<JsonException>(() => Feed(new JsonMetadataReader(KubeResource.Pods), json[..length], 64));
    }

    [Fact]
    public void Any_input_is_a_list_or_an_error()
    {
        const int Runs = 1000;
        var cases = new CaseCounter();
        var inputs =
            from list in List
            from asJson in Gen.Elements(true, false)
            from at in Gen.Choose(0, 100_000)
            from value in Gen.Choose(0, 255)
            select (list, asJson, at, value);
        Prop.ForAll(inputs.ToArbitrary(), input =>
        {
            var format = input.asJson ? "JSON" : "protobuf";
            var bytes = input.asJson ? JsonList(input.list.Objects, input.list.Next) : MetadataMessages.List(input.list.Objects, input.list.Next);
            bytes[input.at % bytes.Length] = (byte)input.value;
            try
            {
                Feed(input.asJson ? new JsonMetadataReader(KubeResource.Pods) : new ProtobufMetadataReader(KubeResource.Pods), bytes, input.list.Piece);
                cases.Count($"list of {format}");
            }
            catch (Exception e) when (e is InvalidDataException or JsonException)
            {
                // The reader reports it.
                cases.Count($"error in {format}");
            }
        }).CheckSeeded(Runs);
        cases.Require(Runs / 50, "list of JSON", "error in JSON", "list of protobuf", "error in protobuf");
    }

    private static void ForAll(Action<(List<ObjectMetadata> Objects, string? Next, int Piece)> holds) =>
        Prop.ForAll(List.ToArbitrary(), holds).CheckSeeded();

    /// <summary>Gives a reader a few bytes at a time, with the bytes that it did not consume.</summary>
    private static List<ObjectMetadata> Feed(IMetadataReader reader, byte[] bytes, int piece)
    {
        var objects = new List<ObjectMetadata>();
        var (start, end) = (0, 0);
        while (true)
        {
            var isEnd = end == bytes.Length;
            end = Math.Min(bytes.Length, end + piece);
            start += reader.Read(bytes.AsSpan(start..end), isEnd, objects);
            if (isEnd)
                return objects;
        }
    }

    private static byte[] JsonList(IEnumerable<ObjectMetadata> objects, string? next) => Encoding.UTF8.GetBytes(
        $$"""{"kind":"PartialObjectMetadataList","metadata":{"resourceVersion":"1"{{(next is null ? "" : ",\"continue\":\"more\"")}}},"items":[ {{string.Join(", ", objects.Select(Json))}} ],"more":[1,{}]}""");

    private static string Json(ObjectMetadata item) => JsonSerializer.Serialize(new
    {
        metadata = new
        {
            name = item.Name,
            @namespace = item.Namespace,
            uid = item.Uid,
            creationTimestamp = item.CreationTimestamp,
            labels = item.Labels.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(),
            annotations = item.Annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(),
        },
    });
}
