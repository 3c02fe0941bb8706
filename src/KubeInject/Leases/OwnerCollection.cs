using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>Collects the owners of leases: the objects whose annotations, or those of their pod templates, contain the UUID of the lease, and the pods whose UID is the UUID.</summary>
/// <param name="leases">The UUIDs of the leases.</param>
internal sealed class OwnerCollection(IReadOnlySet<Guid> leases)
{
    private const string PodKind = "Pod";
    private readonly Dictionary<Guid, List<ObjectReference>> owners = [];
    private HashSet<Guid>? missing;

    /// <summary>Returns the owners by the UUID of the lease. If a lease has pods, the first owner is a pod.</summary>
    public IReadOnlyDictionary<Guid, IReadOnlyList<ObjectReference>> ToDictionary() => owners.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<ObjectReference>)pair.Value);

    /// <summary>Whether no owner was found yet for at least one lease.</summary>
    public bool IsMissingAny => owners.Count < leases.Count;

    /// <summary>Adds owners from now on only for the leases that have none.</summary>
    public void SearchMissing() => missing = leases.Where(lease => !owners.ContainsKey(lease)).ToHashSet();

    /// <summary>Adds a pod as the owner of the leases in its annotations, and of the lease whose UUID is the UID of the pod, which injectors without annotations use.</summary>
    public void AddPod(ObjectMetadata pod)
    {
        var named = InjectionAnnotation.LeasesOf(pod.Annotations);
        if (Guid.TryParse(pod.Uid, out var uid))
            named = named.Append(uid);
        Add(new ObjectReference(PodKind, pod.Namespace, pod.Name), named);
    }

    /// <summary>Adds an object as the owner of leases.</summary>
    public void Add(ObjectReference @object, IEnumerable<Guid> named)
    {
        foreach (var uuid in named.Where((missing ?? leases).Contains))
        {
            if (!owners.TryGetValue(uuid, out var objects))
                owners[uuid] = objects = [];
            var isFirstPod = @object.Kind == PodKind && objects.FirstOrDefault()?.Kind != PodKind;
            objects.Insert(isFirstPod ? 0 : objects.Count, @object);
        }
    }
}
