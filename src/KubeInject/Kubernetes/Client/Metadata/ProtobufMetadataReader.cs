using System.Runtime.CompilerServices;
using System.Text;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Client.Metadata;

/// <summary>
/// Reads a PartialObjectMetadataList in protobuf as the API server sends it: a magic number of four bytes and a runtime.Unknown
/// that wraps the list. (staging/src/k8s.io/apimachinery/pkg/{runtime,apis/meta/v1}/generated.proto)
/// </summary>
/// <remarks>AggressiveOptimization compiles hot methods with full optimization, because the first list of a session ends before tiered compilation would do so.</remarks>
/// <param name="resource">The resource that was listed.</param>
/// <param name="server">The API server that sends the objects; null for none.</param>
internal sealed class ProtobufMetadataReader(KubeResource resource, Uri? server = null) : IMetadataReader
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private const int TypeOfUnknown = 1;
    private const int RawOfUnknown = 2;
    private const int EncodingOfUnknown = 3;
    private const int MetadataOfList = 1;
    private const int ItemOfList = 2;
    private const int ContinueOfListMetadata = 3;
    private const int RemainingOfListMetadata = 4;
    private const int MetadataOfItem = 1;

    private readonly TextPool pool = new();
    private readonly ListHeader header = new(DocumentType.MetadataList);

    // Objects of a list are similar, so the counts of the previous object are the initial capacities.
    private int labelCount;
    private int annotationCount;
    private bool hasMagic;
    private bool hasList;
    private long remainingListBytes;

    public string? Continue => header.Continue;

    public bool IsUndecided => false;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Read(ReadOnlySpan<byte> bytes, bool isEnd, ICollection<ObjectMetadata> objects)
    {
        var at = 0;
        if (!hasMagic && bytes.Length >= Magic.Length)
        {
            if (!bytes.StartsWith(Magic))
                throw new InvalidDataException("data that is not protobuf of Kubernetes");
            hasMagic = true;
            at = Magic.Length;
        }

        while (hasMagic && at < bytes.Length)
        {
            var reader = new ProtobufReader(bytes[at..]);
            if (!reader.TryReadHead())
                break;
            if (remainingListBytes == 0 && reader.Field == RawOfUnknown)
            {
                // The list may be incomplete, so its fields are read one by one.
                reader.RequireBytes();
                header.AddItems();
                hasList = true;
                remainingListBytes = reader.Number;
                at += reader.Position;
                continue;
            }

            if (!reader.TryReadBytes())
                break;
            at += reader.Position;
            if (remainingListBytes > 0)
                ReadListField(reader, objects);
            else if (reader.Field == TypeOfUnknown)
                ReadType(reader.Bytes);
            else if (reader.Field == EncodingOfUnknown && reader.Bytes.Length > 0)
                throw new WrongDocumentException("a list with an unsupported content encoding");
        }

        if (isEnd && (!hasList || at < bytes.Length || remainingListBytes > 0))
            throw new InvalidDataException("a list that is incomplete");
        if (isEnd)
            header.Complete();
        return at;
    }

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadListField(ProtobufReader field, ICollection<ObjectMetadata> objects)
    {
        remainingListBytes -= field.Position;
        if (remainingListBytes < 0)
            throw new InvalidDataException("a list with an item that is longer than the list");
        if (field.Field == ItemOfList)
            objects.Add(ReadItem(field.Bytes));
        else if (field.Field == MetadataOfList)
            ReadListMetadata(field.Bytes);
    }

    private void ReadType(ReadOnlySpan<byte> message)
    {
        var (kind, apiVersion) = ("", "");
        var field = new ProtobufReader(message);
        while (field.Read())
        {
            if (field.Field == 1)
                apiVersion = Encoding.UTF8.GetString(field.Bytes);
            else if (field.Field == 2)
                kind = Encoding.UTF8.GetString(field.Bytes);
        }

        header.SetType(kind, apiVersion);
    }

    private void ReadListMetadata(ReadOnlySpan<byte> message)
    {
        var field = new ProtobufReader(message);
        while (field.Read())
        {
            if (field.Field == ContinueOfListMetadata)
                header.SetContinue(Encoding.UTF8.GetString(field.Bytes));
            else if (field.Field == RemainingOfListMetadata)
                header.SetRemaining(field.Integer);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ObjectMetadata ReadItem(ReadOnlySpan<byte> message)
    {
        ObjectMetadata? metadata = null;
        var field = new ProtobufReader(message);
        while (field.Read())
        {
            if (field.Field == MetadataOfItem)
                metadata = ReadMetadata(field.Bytes);
        }

        return metadata ?? throw new WrongDocumentException("an object without metadata");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ObjectMetadata ReadMetadata(ReadOnlySpan<byte> message)
    {
        string? name = null, namespaceName = null, uid = null;
        DateTimeOffset? created = null;
        ReadableDictionary? labels = null, annotations = null;
        var field = new ProtobufReader(message);
        while (field.Read())
        {
            switch (field.Field)
            {
                case 1:
                    name = Encoding.UTF8.GetString(field.Bytes);
                    break;
                case 3:
                    namespaceName = pool.Get(field.Bytes);
                    break;
                case 5:
                    uid = Encoding.UTF8.GetString(field.Bytes);
                    break;
                case 8:
                    created = ReadTime(field.Bytes);
                    break;
                case 11:
                    AddEntry(labels ??= new(labelCount), field.Bytes, isRepeated: true);
                    break;
                case 12:
                    AddEntry(annotations ??= new(annotationCount), field.Bytes, isRepeated: false);
                    break;
            }
        }

        (labelCount, annotationCount) = (labels?.Count ?? 0, annotations?.Count ?? 0);
        return new ObjectMetadata
        {
            Kind = resource.Kind,
            Name = name ?? "",
            Namespace = string.IsNullOrEmpty(namespaceName) ? null : namespaceName,
            Uid = uid,
            CreationTimestamp = created,
            Labels = labels ?? ReadableDictionary.Empty,
            Annotations = annotations ?? ReadableDictionary.Empty,
            Server = server,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddEntry(Dictionary<string, string> map, ReadOnlySpan<byte> message, bool isRepeated)
    {
        var (key, value) = ("", "");
        var field = new ProtobufReader(message);
        while (field.Read())
        {
            if (field.Field == 1)
                key = pool.Get(field.Bytes);
            else if (field.Field == 2)
                value = isRepeated ? pool.Get(field.Bytes) : Encoding.UTF8.GetString(field.Bytes);
        }

        map[key] = value;
    }

    private static DateTimeOffset? ReadTime(ReadOnlySpan<byte> message)
    {
        var field = new ProtobufReader(message);
        while (field.Read())
        {
            if (field.Field == 1 && field.Integer >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && field.Integer <= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
                return DateTimeOffset.FromUnixTimeSeconds(field.Integer);
        }

        return null;
    }
}
