namespace KubeInject.Annotations;

/// <summary>The settings of the annotations that differ between clusters.</summary>
public sealed record InjectionOptions
{
    /// <summary>The default settings.</summary>
    public static InjectionOptions Default { get; } = new();

    /// <summary>The key of the label by which the in-cluster injector selects pods. Default: <c>vault-db-injector</c>.</summary>
    public string LabelKey { get; init; } = "vault-db-injector";

    /// <summary>The mount path of the database secrets engine for pods that specify no mount. Default: <c>databases</c>.</summary>
    public string DefaultMount { get; init; } = "databases";
}
