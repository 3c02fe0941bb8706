namespace KubeInject.Annotations;

/// <summary>What the operator of a cluster can set of the annotation contract.</summary>
public sealed record InjectionOptions
{
    /// <summary>The contract with nothing changed.</summary>
    public static InjectionOptions Default { get; } = new();

    /// <summary>The label that makes the in-cluster injector see a pod. Default: <c>vault-db-injector</c>.</summary>
    public string LabelKey { get; init; } = "vault-db-injector";

    /// <summary>The mount of the database secrets engine for pods that name none. Default: <c>databases</c>.</summary>
    public string DefaultMount { get; init; } = "databases";
}
