using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Manifests;

/// <summary>A pod, or the pod template of a workload, in a manifest.</summary>
public sealed class ManifestPodTemplate
{
    private readonly ManifestText text;
    private readonly MappingNode item;
    private readonly MappingNode? labels;
    private readonly ManifestVariables variables;

    internal ManifestPodTemplate(
        ManifestText text,
        MappingNode item,
        MappingNode node,
        MappingNode? annotations,
        MappingNode? labels,
        IReadOnlyList<ManifestContainer> containers,
        ManifestVariables variables)
    {
        this.variables = variables;
        this.text = text;
        this.item = item;
        this.labels = labels;
        Node = node;
        Annotations = annotations;
        Containers = containers;
    }

    /// <summary>What the template says.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>Where the object starts.</summary>
    public SourceLocation Location => text.LocationAt(item.Start);

    /// <summary>The pod template; for a pod, the object itself.</summary>
    internal MappingNode Node { get; }

    /// <summary>The object that holds the template, a list's item included.</summary>
    internal MappingNode Object => item;

    /// <summary>Where the object ends: its last line.</summary>
    internal SourceLocation EndLocation => text.LocationAt(item.End);

    /// <summary>Whether <see cref="ReadInjection"/> looks at ConfigMaps and Secrets of the same manifest.</summary>
    internal bool TakesVariables => ManifestVariables.AreTakenBy(Template);

    internal MappingNode? Annotations { get; }

    internal IReadOnlyList<ManifestContainer> Containers { get; }

    /// <summary>Reads what the template asks for; findings tell their place in the manifest.</summary>
    /// <param name="options">What the operator has set of the annotation contract.</param>
    /// <returns>What it asks for.</returns>
    public PodInjection ReadInjection(InjectionOptions options) => WithLocations(PodInjectionReader.Read(variables.FillIn(Template), options));

    /// <summary>Reads what the template asks for in whatever dialect; findings tell their place in the manifest.</summary>
    /// <param name="options">What the operator has set of the annotation contract.</param>
    /// <returns>As <see cref="PodInjectionReader.ReadAll(PodTemplate, InjectionOptions)"/> gives it.</returns>
    public IReadOnlyList<PodInjection> ReadInjections(InjectionOptions options) =>
        [.. PodInjectionReader.ReadAll(variables.FillIn(Template), options).Select(WithLocations)];

    /// <summary>Where an annotation or label of the pod stands, or that of the workload around it, or a variable of its containers.</summary>
    /// <param name="key">The whole key, or the variable's name; null for the object itself.</param>
    /// <returns>The place of the key; the place of the object where there is no such key.</returns>
    public SourceLocation LocationOf(string? key) => LocationOf(key, isOnWorkload: false);

    private SourceLocation LocationOf(string? key, bool isOnWorkload)
    {
        var metadata = item.Find("metadata")?.Value.Resolved as MappingNode;
        ManifestNode?[] onPod = [Annotations, labels];
        ManifestNode?[] onWorkload = [metadata?.Find("annotations")?.Value, metadata?.Find("labels")?.Value];
        var places = isOnWorkload ? onWorkload : [.. onPod, .. onWorkload];
        var entry = key is null ? null : places.Select(place => (place?.Resolved as MappingNode)?.Find(key)).FirstOrDefault(found => found is not null);
        return entry is not null ? text.LocationAt(entry.Key.Start)
            : key is not null && VariableNamed(key) is { } variable ? text.LocationAt(variable.Start)
            : Location;
    }

    private MappingNode? VariableNamed(string name) => Containers
        .SelectMany(container => (container.Node.Find("env")?.Value.Resolved as SequenceNode)?.Items ?? [])
        .Select(item => item.Resolved as MappingNode)
        .FirstOrDefault(variable => (variable?.Find("name")?.Value.Resolved as ScalarNode)?.Value == name);

    private PodInjection WithLocations(PodInjection injection) => injection.Findings.Count == 0 ? injection : injection with
    {
        Findings = injection.Findings.Select(finding => finding with { Location = LocationOf(finding.Key, finding.IsOnWorkload) }).ToArray(),
    };
}
