namespace KubeInject.Kubernetes.Objects;

/// <summary>
/// What a pod, or the pod template of a workload, says of itself: as much of it as the injection needs to know.
/// </summary>
public sealed record PodTemplate
{
    /// <summary>The object that holds the template: the pod itself, or the workload (a Deployment, a CronJob, …).</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>Labels of the pod. Never those of the workload.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = Empty;

    /// <summary>Annotations of the pod. Never those of the workload.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = Empty;

    /// <summary>Labels of the workload around the template; empty for a bare pod.</summary>
    public IReadOnlyDictionary<string, string> WorkloadLabels { get; init; } = Empty;

    /// <summary>Annotations of the workload around the template; empty for a bare pod.</summary>
    public IReadOnlyDictionary<string, string> WorkloadAnnotations { get; init; } = Empty;

    /// <summary>
    /// Keys of the pod's labels and annotations whose value is no string in the manifest (<c>true</c> or <c>5432</c> without
    /// quotes), which the API server refuses; in the order of the document.
    /// </summary>
    public IReadOnlyList<string> NonStringKeys { get; init; } = [];

    /// <summary>Those of the workload's labels and annotations, likewise.</summary>
    public IReadOnlyList<string> WorkloadNonStringKeys { get; init; } = [];

    /// <summary>Keys of the labels by which the workload selects its pods; empty for a bare pod, and where nothing is known of it.</summary>
    public IReadOnlyList<string> SelectorKeys { get; init; } = [];

    /// <summary>Whether what follows is known. Default: true; false where only the metadata was read.</summary>
    public bool HasSpec { get; init; } = true;

    /// <summary>The ServiceAccount that the pod runs as. Default: <c>default</c>, as the API server fills it in.</summary>
    public string ServiceAccountName { get; init; } = "default";

    /// <summary>Init containers first, then containers, each in the order of the document.</summary>
    public IReadOnlyList<PodContainer> Containers { get; init; } = [];

    /// <summary>The API server that it came from; null for a manifest.</summary>
    public Uri? Server { get; init; }

    /// <summary>The object's reference, <c>shop/deployment/orders</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Object.ToString();

    private static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();
}
