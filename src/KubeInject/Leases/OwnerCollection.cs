using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>Collects the owners of leases.</summary>
/// <param name="leases">The UUIDs of the leases.</param>
internal sealed class OwnerCollection(IReadOnlySet<Guid> leases)
{
    private const string PodKind = "Pod";
    private readonly Dictionary<Guid, LeaseOwner> owners = [];

    public IReadOnlyDictionary<Guid, LeaseOwner> Owners => owners;

    /// <summary>Whether no owner was found yet for at least one lease.</summary>
    public bool IsMissingAny => owners.Count < leases.Count;

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
