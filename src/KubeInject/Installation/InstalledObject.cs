using KubeInject.Kubernetes.Objects;

namespace KubeInject.Installation;

/// <summary>What happened to an object of the installation.</summary>
/// <param name="Object">The object.</param>
/// <param name="Result">What happened.</param>
public sealed record InstalledObject(ObjectReference Object, InstallationResult Result)
{
    /// <summary>The object and the result, as kubectl prints them: <c>deployment/kubeinject created</c>.</summary>
    public override string ToString() => $"{Object} {Result.ToString().ToLowerInvariant()}";
}

/// <summary>What happened to an object of the installation.</summary>
public enum InstallationResult
{
    /// <summary>It was created.</summary>
    Created,

    /// <summary>It existed, and was changed.</summary>
    Changed,

    /// <summary>It existed as it has to be.</summary>
    Unchanged,

    /// <summary>It was deleted.</summary>
    Deleted,

    /// <summary>It was kept, because KubeInject did not create it or because it can contain records.</summary>
    Kept,
}
