namespace KubeInject.Annotations;

/// <summary>How far the injection of a pod has come.</summary>
public enum InjectionState
{
    /// <summary>The pod asks for nothing.</summary>
    None,

    /// <summary>The pod asks for credentials and has none yet.</summary>
    Pending,

    /// <summary>The pod carries a <c>uuid</c>: its credentials were injected.</summary>
    Injected,

    /// <summary>The pod carries annotations of version 1 (<c>revoke-ttl…</c>), for which an injector leaves it alone.</summary>
    Ignored,
}
