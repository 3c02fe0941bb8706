using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Controller;

/// <summary>A pod, distinguished from an earlier pod with the same name.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The name.</param>
/// <param name="Uid">The UID.</param>
internal sealed record PodKey(string Namespace, string Name, string Uid)
{
    private const string SecretPrefix = "kubeinject-";

    /// <summary>The reference of the pod, as in records.</summary>
    public ObjectReference Reference => new(KubeResource.Pods.Kind, Namespace, Name);

    /// <summary>Returns the pod that the controller issued a lease for. Null if the lease was issued in another way or in another cluster.</summary>
    /// <param name="record">The record of the lease.</param>
    /// <param name="clusterUid">The UID of this cluster.</param>
    public static PodKey? Of(LeaseRecord record, string clusterUid) =>
        record is { OwnerUid.Length: > 0, Owner: { Kind: "Pod", Namespace.Length: > 0, Name.Length: > 0 }, Secret: { } secret }
        && record.ClusterUid == clusterUid
        && secret.Namespace == record.Owner.Namespace && secret.Name.StartsWith(SecretPrefix, StringComparison.Ordinal)
            ? new PodKey(record.Owner.Namespace, record.Owner.Name, record.OwnerUid) : null;

    /// <summary>The pod in one line.</summary>
    /// <returns>For example <c>shop/pod/orders-1</c>.</returns>
    public override string ToString() => Reference.ToString();
}
