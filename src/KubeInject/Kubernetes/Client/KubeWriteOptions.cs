namespace KubeInject.Kubernetes.Client;

/// <summary>The options of a write request.</summary>
internal sealed record KubeWriteOptions
{
    /// <summary>The default field manager: <c>kubeinject</c>.</summary>
    public const string DefaultFieldManager = "kubeinject";

    /// <summary>Whether the server only validates the request and writes nothing. Default: false.</summary>
    public bool DryRun { get; init; }

    /// <summary>The name of the field manager that owns the written fields. Default: <see cref="DefaultFieldManager"/>.</summary>
    public string FieldManager { get; init; } = DefaultFieldManager;

    /// <summary>Gets the query of the request.</summary>
    internal string Query => $"?fieldManager={Uri.EscapeDataString(FieldManager)}{(DryRun ? "&dryRun=All" : "")}";
}
