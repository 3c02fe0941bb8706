namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>Kubeconfig files that kubectl and the engine both read.</summary>
/// <param name="Name">What is special about them.</param>
/// <param name="Files">
/// Their contents by name. <c>$server</c>, <c>$ca</c>, <c>$viewer</c>, <c>$admin</c>, <c>$cert</c>, <c>$key</c> and
/// <c>$folder</c> stand for what the test's cluster has; <c>$context</c>, <c>$cluster</c> and <c>$user</c> for lists
/// of one usual entry each.
/// </param>
internal sealed record KubeconfigCase(string Name, params (string Name, string Content)[] Files)
{
    /// <summary>What KUBECONFIG holds, with <c>$folder</c> for the folder of the files.</summary>
    public string Variable { get; init; } = "config";

    /// <summary>The context to ask for; null for the current one.</summary>
    public string? Context { get; init; }

    /// <summary>Why the engine deliberately connects where kubectl does not, or as another user; null where both have to agree.</summary>
    public string? ConnectsAnyway { get; init; }

    /// <summary>Why the engine deliberately refuses what kubectl takes; null where both have to agree.</summary>
    public string? RefusesAnyway { get; init; }

    public override string ToString() => Name;

    /// <summary>One file with everything usual in it but for one part.</summary>
    public static KubeconfigCase With(string name, string? context = null, string? cluster = null, string? user = null, string more = "") => new(
        name,
        ("config", $"""
            {(context is null ? "$context" : $"current-context: x\ncontexts: [{{name: x, context: {context}}}]")}
            {(cluster is null ? "$cluster" : $"clusters: [{{name: c, cluster: {cluster}}}]")}
            {(user is null ? "$user" : $"users: [{{name: u, user: {user}}}]")}
            {more}
            """));
}
