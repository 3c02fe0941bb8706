namespace KubeInject.Injection;

/// <summary>What became of a pod template.</summary>
public enum InjectionStatus
{
    /// <summary>It asks for nothing and is unchanged.</summary>
    NotRequested,

    /// <summary>It got its credentials.</summary>
    Injected,

    /// <summary>It would get its credentials; this was a dry run, and nothing was issued.</summary>
    Planned,

    /// <summary>It had its credentials before and is unchanged; nothing was issued.</summary>
    AlreadyInjected,

    /// <summary>It carries annotations of version 1 and is left alone.</summary>
    Ignored,

    /// <summary>It cannot be injected; the document it stands in is not given out, and nothing issued for it is left.</summary>
    Failed,
}
