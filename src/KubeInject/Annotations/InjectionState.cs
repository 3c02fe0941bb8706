namespace KubeInject.Annotations;

/// <summary>The state of the injection of a pod.</summary>
public enum InjectionState
{
    /// <summary>The pod requests no credentials.</summary>
    None,

    /// <summary>The pod requests credentials, but is not injected yet.</summary>
    Pending,

    /// <summary>
    /// The pod has the annotation <c>uuid</c>, so its credentials were injected; or it has placeholders of the in-cluster
    /// injector's NRI mode, so that injector injects each container when it is created.
    /// </summary>
    Injected,

    /// <summary>The pod has annotations of version 1 (<c>revoke-ttl…</c>), so injectors ignore it.</summary>
    Ignored,
}
