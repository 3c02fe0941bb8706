namespace KubeInject.Injection;

/// <summary>The status of the injection of a pod template.</summary>
public enum InjectionStatus
{
    /// <summary>The pod template requests no credentials and is unchanged.</summary>
    NotRequested,

    /// <summary>The pod template got its credentials.</summary>
    Injected,

    /// <summary>The pod template would get its credentials. This was a dry run, and nothing was issued.</summary>
    Planned,

    /// <summary>The pod template already has credentials and is unchanged. Nothing was issued.</summary>
    AlreadyInjected,

    /// <summary>The pod template has annotations of version 1 and is unchanged.</summary>
    Ignored,

    /// <summary>The pod template cannot be injected. Its document is not written, and credentials that were issued for it are revoked.</summary>
    Failed,
}
