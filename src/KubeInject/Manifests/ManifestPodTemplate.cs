using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
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

    /// <summary>The content of the template.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>The position of the object.</summary>
    public SourceLocation Location => text.LocationAt(item.Start);

    /// <summary>The pod template; for a pod, the object itself.</summary>
    internal MappingNode Node { get; }

    /// <summary>The object that contains the template. It can be an item of a list.</summary>
    internal MappingNode Object => item;

    /// <summary>The end position of the object.</summary>
    internal SourceLocation EndLocation => text.LocationAt(item.End);

    /// <summary>Whether <see cref="ReadInjection"/> uses ConfigMaps and Secrets of the same manifest.</summary>
    internal bool TakesVariables => ManifestVariables.AreTakenBy(Template);

    /// <summary>Whether this is a pod or a pod template. If false, it is another object, with <see cref="Misplaced"/> annotations.</summary>
    internal bool IsPodTemplate { get; init; } = true;

    /// <summary>The annotations of the object that request credentials at a position where no injector reads them.</summary>
    internal IReadOnlyList<MisplacedKey> Misplaced { get; set; } = [];

    internal MappingNode? Annotations { get; }

    internal IReadOnlyList<ManifestContainer> Containers { get; }

    /// <summary>Reads the injection annotations of the template. Findings contain their position in the manifest.</summary>
    /// <param name="options">The label key and the default mount path.</param>
    /// <returns>The requested databases and the findings.</returns>
    public PodInjection ReadInjection(InjectionOptions options) => WithLocations(PodInjectionReader.Read(Complete(options), options));

    /// <summary>Reads the annotations of the template for all supported injectors. Findings contain their position in the manifest.</summary>
    /// <param name="options">The label key and the default mount path.</param>
    /// <returns>The same as for <see cref="PodInjections.ReadAll(PodTemplate, InjectionOptions)"/>.</returns>
    public IReadOnlyList<PodInjection> ReadInjections(InjectionOptions options) =>
        [.. PodInjections.ReadAll(Complete(options), options).Select(WithLocations)];

    /// <summary>Returns the position of an annotation or label of the pod or its workload, or of a variable of its containers.</summary>
    /// <param name="key">The complete key, or the name of the variable. Null for the object.</param>
    /// <returns>The position of the key, or of the object if there is no such key.</returns>
    public SourceLocation LocationOf(string? key) => LocationOf(key, isOnWorkload: false);

    private PodTemplate Complete(InjectionOptions options) => variables.FillIn(Template) with
    {
        MisplacedKeys = [.. Misplaced.GroupBy(key => key.Path).Select(group => new MisplacedKeys(group.Key, [.. group.Select(key => key.Key.Value).Distinct()])), .. MisplacedLabel(options.LabelKey)],
    };

    // A label is only looked for where people write it by mistake: selectors have it, too.
    private IEnumerable<MisplacedKeys> MisplacedLabel(string key)
    {
        var metadata = Node.Find("metadata")?.Value.Resolved as MappingNode;
        (string Path, ManifestNode? Node)[] places = [("", item), ("spec", item.Find("spec")?.Value), (Template.MetadataPath, metadata), ($"{Template.MetadataPath}.annotations", Annotations)];
        return places.Where(place => (place.Node?.Resolved as MappingNode)?.Entries.Exists(entry => entry.Key.Value == key) == true)
            .Select(place => new MisplacedKeys(place.Path, [key]));
    }

    private SourceLocation LocationOf(Finding finding) =>
        finding.Path is not null && Misplaced.FirstOrDefault(key => key.Key.Value == finding.Key && key.Path == finding.Path) is { } misplaced
            ? text.LocationAt(misplaced.Key.Start)
            : LocationOf(finding.Key, finding.IsOnWorkload);

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
        Findings = injection.Findings.Select(finding => finding with { Location = LocationOf(finding) }).ToArray(),
    };
}
