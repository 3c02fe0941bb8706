namespace KubeInject.Kubernetes.Objects;

/// <summary>
/// A pod or the pod template of a workload, with the data that the injection needs.
/// </summary>
public sealed record PodTemplate
{
    /// <summary>The object that contains the template: the pod itself or the workload (a Deployment, a CronJob, …).</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>The labels of the pod, without those of the workload.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = Empty;

    /// <summary>The annotations of the pod, without those of the workload.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = Empty;

    /// <summary>The labels of the workload; empty for a pod without a workload.</summary>
    public IReadOnlyDictionary<string, string> WorkloadLabels { get; init; } = Empty;

    /// <summary>The annotations of the workload; empty for a pod without a workload.</summary>
    public IReadOnlyDictionary<string, string> WorkloadAnnotations { get; init; } = Empty;

    /// <summary>
    /// The keys of the labels and annotations of the pod whose value is not a string in the manifest (<c>true</c> or <c>5432</c> without
    /// quotes), in the order of the document. The API server rejects such values.
    /// </summary>
    public IReadOnlyList<string> NonStringKeys { get; init; } = [];

    /// <summary>The keys of the labels and annotations of the workload whose value is not a string.</summary>
    public IReadOnlyList<string> WorkloadNonStringKeys { get; init; } = [];

    /// <summary>The label keys of the selector of the workload; empty for a pod without a workload or if the selector is unknown.</summary>
    public IReadOnlyList<string> SelectorKeys { get; init; } = [];

    /// <summary>Whether the spec is known. Default: true; false if only the metadata was read.</summary>
    public bool HasSpec { get; init; } = true;

    /// <summary>The ServiceAccount of the pod. Default: <c>default</c>, which is the default of the API server.</summary>
    public string ServiceAccountName { get; init; } = "default";

    /// <summary>The init containers and then the containers, in the order of the document.</summary>
    public IReadOnlyList<PodContainer> Containers { get; init; } = [];

    /// <summary>The path of the pod's metadata in the object.</summary>
    internal string MetadataPath { get; init; } = "metadata";

    /// <summary>Whether the object is a pod or has a pod template. Default: true.</summary>
    internal bool HasTemplate { get; init; } = true;

    /// <summary>The annotations and labels of the injector at positions where no injector reads them.</summary>
    internal IReadOnlyList<MisplacedKeys> MisplacedKeys { get; init; } = [];

    /// <summary>The API server that sent the object; null for a manifest.</summary>
    public Uri? Server { get; init; }

    /// <summary>The reference of the object, <c>shop/deployment/orders</c>.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Object.ToString();

    private static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();
}

/// <summary>Annotations or labels at a position where no injector reads them.</summary>
/// <param name="Path">The path in the object, <c>spec.annotations</c>; empty for the object itself.</param>
/// <param name="Keys">The keys.</param>
internal sealed record MisplacedKeys(string Path, IReadOnlyList<string> Keys);
