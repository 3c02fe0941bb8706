using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Injection;

/// <summary>The Secret with the credentials of one pod. Its name follows from the first UUID of the pod, so the name is known before the Secret exists.</summary>
internal static class PodSecret
{
    private const string Prefix = "kubeinject-";

    /// <summary>Returns the name of the Secret.</summary>
    /// <param name="uuid">The first UUID of the pod.</param>
    public static string NameOf(Guid uuid) => $"{Prefix}{uuid}";

    /// <summary>
    /// Returns the first UUID of a pod, if variables of its containers refer to the Secret of that UUID. Null if the pod gets its
    /// credentials in another way, or none. The variables of a pod in a cluster cannot change, but its annotations can.
    /// </summary>
    public static Guid? UuidOf(PodTemplate pod) =>
        pod.Annotations.TryGetValue(InjectionAnnotation.Uuid, out var list)
        && Guid.TryParseExact(list.Split(',')[0].Trim(), "D", out var first)
        && pod.Containers.Any(container => container.SecretReferences.Contains(NameOf(first))) ? first : null;

    /// <summary>Whether the controller has created a Secret for a pod.</summary>
    /// <param name="secret">The Secret, or its metadata.</param>
    /// <param name="podUid">The UID of the pod.</param>
    public static bool BelongsTo(KubeObject secret, string? podUid)
    {
        var document = secret.ToElement();
        return Pod.ReadOwners(document).Any(owner => owner.Uid == podUid)
            && document.Get("metadata").Get("labels").Text(KubeLeaseStore.ManagedByLabel) == KubeWriteOptions.DefaultFieldManager;
    }
}
