using KubeInject.Annotations;
using KubeInject.Kubernetes;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>A pod, or the pod template of a workload, in a manifest.</summary>
public sealed class ManifestPodTemplate
{
    private readonly ManifestText text;
    private readonly MappingNode item;
    private readonly MappingNode? labels;

    internal ManifestPodTemplate(
        ManifestText text, MappingNode item, MappingNode? annotations, MappingNode? labels, IReadOnlyList<ManifestContainer> containers)
    {
        this.text = text;
        this.item = item;
        this.labels = labels;
        Annotations = annotations;
        Containers = containers;
    }

    /// <summary>What the template says.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>Where the object starts.</summary>
    public SourceLocation Location => text.LocationAt(item.Start);

    internal MappingNode? Annotations { get; }

    internal IReadOnlyList<ManifestContainer> Containers { get; }

    /// <summary>Reads what the template asks for; findings tell their place in the manifest.</summary>
    /// <param name="options">What the operator has set of the annotation contract.</param>
    /// <returns>What it asks for.</returns>
    public PodInjection ReadInjection(InjectionOptions options) => WithLocations(PodInjectionReader.Read(Template, options));

    /// <summary>Reads what the template asks for in whatever dialect; findings tell their place in the manifest.</summary>
    /// <param name="options">What the operator has set of the annotation contract.</param>
    /// <returns>As <see cref="PodInjectionReader.ReadAll(PodTemplate, InjectionOptions)"/> gives it.</returns>
    public IReadOnlyList<PodInjection> ReadInjections(InjectionOptions options) =>
        [.. PodInjectionReader.ReadAll(Template, options).Select(WithLocations)];

    /// <summary>Where an annotation or label of the pod stands, or that of the workload around it.</summary>
    /// <param name="key">The whole key; null for the object itself.</param>
    /// <returns>The place of the key; the place of the object where there is no such key.</returns>
    public SourceLocation LocationOf(string? key)
    {
        var metadata = item.Find("metadata")?.Value.Resolved as MappingNode;
        IEnumerable<ManifestNode?> places = [Annotations, labels, metadata?.Find("annotations")?.Value, metadata?.Find("labels")?.Value];
        var entry = key is null ? null : places.Select(place => (place?.Resolved as MappingNode)?.Find(key)).FirstOrDefault(found => found is not null);
        return entry is null ? Location : text.LocationAt(entry.Key.Start);
    }

    private PodInjection WithLocations(PodInjection injection) => injection.Findings.Count == 0 ? injection : injection with
    {
        Findings = injection.Findings.Select(finding => finding with { Location = LocationOf(finding.Key) }).ToArray(),
    };
}
