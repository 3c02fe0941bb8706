using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>A pod as the API server sent it: its document, and what is most often asked of it.</summary>
/// <remarks>Whatever is missing from the document, or of another type than the API's, reads as empty.</remarks>
public sealed class Pod
{
    // The document alone is kept, as the UTF-8 that it came in: half the memory of a string, and no page behind it.
    private readonly byte[] utf8;

    private Pod(byte[] utf8, JsonElement pod, Uri? server)
    {
        this.utf8 = utf8;
        Server = server;
        var metadata = pod.Get("metadata");
        var spec = pod.Get("spec");
        var status = pod.Get("status");
        Name = metadata.Text("name") ?? "";
        Namespace = metadata.Text("namespace");
        Uid = metadata.Text("uid");
        Labels = metadata.Get("labels").Texts();
        Annotations = metadata.Get("annotations").Texts();
        CreationTimestamp = metadata.Time("creationTimestamp");
        OwnerReferences = ReadOwners(pod);
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

    /// <summary>The pod's name.</summary>
    public string Name { get; }

    /// <summary>The pod's namespace; null for a document that names none.</summary>
    public string? Namespace { get; }

    /// <summary>What tells the pod from an earlier one of the same name; null for a document that has none.</summary>
    public string? Uid { get; }

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>The annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; }

    /// <summary>The ServiceAccount that the pod runs as. Default: <c>default</c>.</summary>
    public string ServiceAccountName { get; }

    /// <summary>The node that it runs on; null while it is not scheduled.</summary>
    public string? NodeName { get; }

    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>; null where there is no status. See <see cref="Status"/> for what kubectl shows.</summary>
    public string? Phase { get; }

    /// <summary>The pod's address; null while it has none.</summary>
    public string? PodIP { get; }

    /// <summary>When a kubelet took the pod; null while none has.</summary>
    public DateTimeOffset? StartTime { get; }

    /// <summary>When the pod was created; null for a document that does not say.</summary>
    public DateTimeOffset? CreationTimestamp { get; }

    /// <summary>kubectl's column AGE at this moment: <c>5m10s</c>, <c>3d</c>; <c>&lt;unknown&gt;</c> for a document that does not say.</summary>
    public string Age => HumanDuration.Since(CreationTimestamp);

    /// <summary>The containers, in the order of the document.</summary>
    public IReadOnlyList<ContainerSummary> Containers { get; }

    /// <summary>The init containers, in the order of the document.</summary>
    public IReadOnlyList<ContainerSummary> InitContainers { get; }

    /// <summary>The objects that the pod belongs to.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences { get; }

    /// <summary>kubectl's column READY: containers that are ready, of all, such as <c>1/2</c>.</summary>
    public string Ready { get; }

    /// <summary>kubectl's column STATUS: <c>Running</c>, <c>CrashLoopBackOff</c>, <c>Init:0/1</c>, <c>Terminating</c>, …, as Kubernetes 1.35 and later show it.</summary>
    public string Status { get; }

    /// <summary>kubectl's column RESTARTS, the number.</summary>
    public int Restarts { get; }

    /// <summary>kubectl's column RESTARTS, the time from which it counts "ago"; null where nothing was restarted.</summary>
    public DateTimeOffset? LastRestart { get; }

    /// <summary>kubectl's column RESTARTS at this moment: <c>0</c>, <c>5 (3m ago)</c>.</summary>
    public string RestartSummary => string.Create(
        CultureInfo.InvariantCulture, $"{Restarts}{(Restarts == 0 || LastRestart is not { } last ? "" : $" ({HumanDuration.Since(last)} ago)")}");

    /// <summary>The API server that the pod came from; null for one that was read from a document.</summary>
    public Uri? Server { get; }

    /// <summary>
    /// The document, as the server sent it. In lists the server leaves out <c>apiVersion</c> and <c>kind</c>: these
    /// two are put in front, so that the text is a manifest; the rest is the same to the byte.
    /// </summary>
    /// <returns>JSON. No property, because a pod's variables may hold passwords, and properties get shown.</returns>
    public string ToJson() => Encoding.UTF8.GetString(utf8);

    /// <summary>What tells the pod from others, its labels and its annotations.</summary>
    public ObjectMetadata Metadata => new()
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

    /// <summary>What the pod says of itself, for the injection.</summary>
    public PodTemplate Template => new()
    {
        Object = new ObjectReference("Pod", Namespace, Name),
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
    /// <exception cref="JsonException">The text is no JSON object.</exception>
    public static Pod Parse(string json) => FromUtf8(Encoding.UTF8.GetBytes(json));

    /// <summary>Reads a pod from its JSON document, which is copied.</summary>
    /// <param name="json">The document.</param>
    /// <param name="server">The API server that sent it; null where none did.</param>
    /// <exception cref="JsonException">The text is no JSON object, or, from a server, another object than a pod.</exception>
    internal static Pod FromUtf8(ReadOnlyMemory<byte> json, Uri? server = null)
    {
        using var document = ObjectDocument.Parse(json);
        if (server is not null)
            DocumentType.RequireObject(document.RootElement, DocumentType.Of(KubeResource.Pods));
        return new Pod(ObjectDocument.Copy(json.Span, document.RootElement, KubeResource.Pods), document.RootElement, server);
    }

    /// <summary>The pod's reference, <c>shop/pod/orders-1</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Template.Object.ToString();

    /// <summary>The objects that an object of any kind belongs to.</summary>
    internal static IReadOnlyList<OwnerReference> ReadOwners(JsonElement document) =>
        document.Get("metadata").Get("ownerReferences").Items().Select(ReadOwner).ToArray();

    private static OwnerReference ReadOwner(JsonElement owner) => new(
        owner.Text("apiVersion") ?? "", owner.Text("kind") ?? "", owner.Text("name") ?? "", owner.Text("uid") ?? "", owner.IsTrue("controller"));

    private static List<ContainerSummary> ReadContainers(JsonElement containers, JsonElement statuses, bool isInit)
    {
        return [.. containers.Items().Select(ReadContainer)];

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
