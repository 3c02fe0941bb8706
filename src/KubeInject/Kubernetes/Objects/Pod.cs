using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>A pod as the API server sent it: the document and frequently used fields.</summary>
/// <remarks>Fields that are missing or have an unexpected type are read as null or empty.</remarks>
public sealed class Pod
{
    // Keeps a copy of the document as UTF-8, which needs half the memory of a string and does not reference the page.
    private readonly byte[] utf8;
    private readonly string? generateName;

    private Pod(byte[] utf8, JsonElement pod, Uri? server)
    {
        this.utf8 = utf8;
        Server = server;
        var metadata = pod.Get("metadata");
        var spec = pod.Get("spec");
        var status = pod.Get("status");
        Name = metadata.Text("name") ?? "";
        generateName = metadata.Text("generateName");
        Namespace = metadata.Text("namespace");
        Uid = metadata.Text("uid");
        Labels = metadata.Get("labels").Texts();
        Annotations = metadata.Get("annotations").Texts();
        CreationTimestamp = metadata.Time("creationTimestamp");
        OwnerReferences = ReadableList.Of(ReadOwners(pod), owner => $"{owner.Kind.ToLowerInvariant()}/{owner.Name}");
        ServiceAccountName = spec.Text("serviceAccountName") is { Length: > 0 } account ? account : "default";
        NodeName = spec.Text("nodeName");
        InitContainers = ReadContainers(spec.Get("initContainers"), status.Get("initContainerStatuses"), isInit: true);
        Containers = ReadContainers(spec.Get("containers"), status.Get("containerStatuses"), isInit: false);
        Phase = status.Text("phase");
        PodIP = status.Text("podIP");
        StartTime = status.Time("startTime");
        var columns = PodColumns.Read(pod);
        Ready = columns.Ready;
        Status = columns.Status;
        Restarts = columns.Restarts;
        LastRestart = columns.LastRestart;
    }

    /// <summary>The name of the pod.</summary>
    public string Name { get; }

    /// <summary>The namespace of the pod; null if the document has none.</summary>
    public string? Namespace { get; }

    /// <summary>The UID, which differs from that of an earlier pod with the same name; null if the document has none.</summary>
    public string? Uid { get; }

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>The annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; }

    /// <summary>The ServiceAccount of the pod. Default: <c>default</c>.</summary>
    public string ServiceAccountName { get; }

    /// <summary>The node of the pod; null until it is scheduled.</summary>
    public string? NodeName { get; }

    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>; null if there is no status. For the value that kubectl shows, see <see cref="Status"/>.</summary>
    public string? Phase { get; }

    /// <summary>The IP address of the pod; null until it has one.</summary>
    public string? PodIP { get; }

    /// <summary>When a kubelet accepted the pod; null until then.</summary>
    public DateTimeOffset? StartTime { get; }

    /// <summary>The creation time of the pod; null if the document has none.</summary>
    public DateTimeOffset? CreationTimestamp { get; }

    /// <summary>The current age; null if the creation time is unknown. Views show it like kubectl: <c>5m10s</c>, <c>3d</c>.</summary>
    public TimeSpan? Age => DateTimeOffset.UtcNow - CreationTimestamp;

    /// <summary>The containers, in the order of the document.</summary>
    public IReadOnlyList<ContainerSummary> Containers { get; }

    /// <summary>The init containers, in the order of the document.</summary>
    public IReadOnlyList<ContainerSummary> InitContainers { get; }

    /// <summary>The owners of the pod.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences { get; }

    /// <summary>The column READY of kubectl: the number of ready containers and of all containers, such as <c>1/2</c>.</summary>
    public string Ready { get; }

    /// <summary>The column STATUS of kubectl: <c>Running</c>, <c>CrashLoopBackOff</c>, <c>Init:0/1</c>, <c>Terminating</c>, …, as Kubernetes 1.35 and later show it.</summary>
    public string Status { get; }

    /// <summary>The number of restarts in the column RESTARTS of kubectl.</summary>
    public int Restarts { get; }

    /// <summary>The time of the last restart in the column RESTARTS of kubectl; null if there was none.</summary>
    public DateTimeOffset? LastRestart { get; }

    /// <summary>The current value of the column RESTARTS of kubectl: <c>0</c>, <c>5 (3m ago)</c>.</summary>
    public string RestartSummary => string.Create(
        CultureInfo.InvariantCulture, $"{Restarts}{(Restarts == 0 || LastRestart is not { } last ? "" : $" ({HumanDuration.Of(DateTimeOffset.UtcNow - last)} ago)")}");

    /// <summary>The API server that sent the pod; null if it was read from a document.</summary>
    public Uri? Server { get; }

    /// <summary>
    /// Gets the document as the server sent it. The server omits <c>apiVersion</c> and <c>kind</c> in lists. The document
    /// contains them at the beginning, so that it is a manifest. The other bytes are unchanged.
    /// </summary>
    /// <returns>JSON. This is not a property, because variables of a pod may contain passwords, and properties are displayed.</returns>
    public string ToJson() => Encoding.UTF8.GetString(utf8);

    /// <summary>Gets the metadata of the pod.</summary>
    /// <returns>The metadata. This is not a property, because the JSON and CSV of a pod would contain everything twice.</returns>
    public ObjectMetadata ToMetadata() => new()
    {
        Kind = "Pod",
        Name = Name,
        Namespace = Namespace,
        Uid = Uid,
        CreationTimestamp = CreationTimestamp,
        Labels = Labels,
        Annotations = Annotations,
        Server = Server,
    };

    /// <summary>Gets the pod as a template, for the injection.</summary>
    /// <returns>The template. This is not a property, because the JSON and CSV of a pod would contain everything twice.</returns>
    public PodTemplate ToTemplate() => new()
    {
        Object = Reference,
        Labels = Labels,
        Annotations = Annotations,
        Server = Server,
        ServiceAccountName = ServiceAccountName,
        Containers = InitContainers.Concat(Containers)
            .Select(container => container.Declaration)
            .ToArray(),
    };

    /// <summary>Reads a pod from its JSON document.</summary>
    /// <param name="json">The document.</param>
    /// <returns>The pod.</returns>
    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    public static Pod Parse(string json) => FromUtf8(Encoding.UTF8.GetBytes(json));

    /// <summary>Reads a pod from a copy of its JSON document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="server">The API server that sent the pod; null for none.</param>
    /// <exception cref="JsonException">The text is not a JSON object, or a server sent another object than a pod.</exception>
    internal static Pod FromUtf8(ReadOnlyMemory<byte> json, Uri? server = null)
    {
        using var document = ObjectDocument.Parse(json);
        if (server is not null)
            DocumentType.RequireObject(document.RootElement, DocumentType.Of(KubeResource.Pods));
        return new Pod(ObjectDocument.Copy(json.Span, document.RootElement, KubeResource.Pods), document.RootElement, server);
    }

    /// <summary>The reference of the pod, <c>shop/pod/orders-1</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Reference.ToString();

    // A pod that was not created yet can have no name. The API server then appends characters to generateName.
    private ObjectReference Reference => new("Pod", Namespace, Name.Length > 0 ? Name : generateName is { Length: > 0 } ? $"{generateName}*" : "");

    /// <summary>Reads the owners of an object of any kind.</summary>
    internal static IReadOnlyList<OwnerReference> ReadOwners(JsonElement document) =>
        document.Get("metadata").Get("ownerReferences").Items().Select(ReadOwner).ToArray();

    private static OwnerReference ReadOwner(JsonElement owner) => new(
        owner.Text("apiVersion") ?? "", owner.Text("kind") ?? "", owner.Text("name") ?? "", owner.Text("uid") ?? "", owner.IsTrue("controller"));

    private static IReadOnlyList<ContainerSummary> ReadContainers(JsonElement containers, JsonElement statuses, bool isInit)
    {
        return ReadableList.Of(containers.Items().Select(ReadContainer), container => container.Name);

        ContainerSummary ReadContainer(JsonElement container)
        {
            var declaration = PodContainerReader.Read(container, isInit);
            var status = statuses.Items().FirstOrDefault(status => status.Text("name") == declaration.Name);
            return new ContainerSummary
            {
                Declaration = declaration,
                Image = container.Text("image"),
                Ready = status.IsTrue("ready"),
                RestartCount = status.Int("restartCount"),
            };
        }
    }
}
