namespace KubeInject.Kubernetes.Client;

/// <summary>How an object is written.</summary>
public sealed record KubeWriteOptions
{
    /// <summary>The field manager where nobody names one: <c>kubeinject</c>.</summary>
    public const string DefaultFieldManager = "kubeinject";

    /// <summary>Whether the server goes through all of it and writes nothing. Default: false.</summary>
    public bool DryRun { get; init; }

    /// <summary>The name under which the server notes who set which field. Default: <see cref="DefaultFieldManager"/>.</summary>
    public string FieldManager { get; init; } = DefaultFieldManager;

    /// <summary>The query of the request.</summary>
    internal string Query => $"?fieldManager={Uri.EscapeDataString(FieldManager)}{(DryRun ? "&dryRun=All" : "")}";
}
