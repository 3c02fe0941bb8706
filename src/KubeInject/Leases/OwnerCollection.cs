using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>Collects the owners of some leases.</summary>
/// <param name="leases">The leases.</param>
internal sealed class OwnerCollection(IReadOnlySet<Guid> leases)
{
    private const string PodKind = "Pod";
    private readonly Dictionary<Guid, LeaseOwner> owners = [];

    public IReadOnlyDictionary<Guid, LeaseOwner> Owners => owners;

    /// <summary>Whether one of the leases has no owner yet.</summary>
    public bool IsMissingAny => owners.Count < leases.Count;

    /// <summary>A pod has the leases that its annotations name, and the one that has its UID: injectors that annotate nothing use that.</summary>
    public void AddPod(ObjectMetadata pod)
    {
        var named = InjectionAnnotation.LeasesOf(pod.Annotations);
        if (Guid.TryParse(pod.Uid, out var uid))
            named = named.Append(uid);
        Add(new ObjectReference(PodKind, pod.Namespace, pod.Name), named);
    }

    /// <summary>An object has leases.</summary>
    public void Add(ObjectReference @object, IEnumerable<Guid> named)
    {
        foreach (var uuid in named.Where(leases.Contains))
        {
            var isPod = @object.Kind == PodKind;
            if (!owners.TryGetValue(uuid, out var owner) || (isPod && owner.Pods.Count == 0))
                owners[uuid] = owner = new LeaseOwner(@object) { All = owner?.All ?? [] };
            owner.All.Add(@object);
            if (isPod && !owner.Pods.Contains(@object.Name))
                owner.Pods.Add(@object.Name);
        }
    }
}
