namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>Kubeconfig files that kubectl and the engine both read.</summary>
/// <param name="Name">What is special about the files.</param>
/// <param name="Files">
/// The contents by file name. <c>$server</c>, <c>$ca</c>, <c>$viewer</c>, <c>$admin</c>, <c>$cert</c>, <c>$key</c> and
/// <c>$folder</c> are placeholders for values of the test cluster; <c>$context</c>, <c>$cluster</c> and <c>$user</c> for lists
/// with one valid entry.
/// </param>
internal sealed record KubeconfigCase(string Name, params (string Name, string Content)[] Files)
{
    /// <summary>The value of KUBECONFIG, with <c>$folder</c> for the folder of the files.</summary>
    public string Variable { get; init; } = "config";

    /// <summary>The context to use; null for the current context.</summary>
    public string? Context { get; init; }

    /// <summary>Why the engine deliberately connects if kubectl does not, or as another user; null if both must agree.</summary>
    public string? ConnectsAnyway { get; init; }

    /// <summary>Why the engine deliberately rejects what kubectl accepts; null if both must agree.</summary>
    public string? RefusesAnyway { get; init; }

    public override string ToString() => Name;

    /// <summary>One file with common content, except one part.</summary>
    public static KubeconfigCase With(string name, string? context = null, string? cluster = null, string? user = null, string more = "") => new(
        name,
        ("config", $"""
            {(context is null ? "$context" : $"current-context: x\ncontexts: [{{name: x, context: {context}}}]")}
            {(cluster is null ? "$cluster" : $"clusters: [{{name: c, cluster: {cluster}}}]")}
            {(user is null ? "$user" : $"users: [{{name: u, user: {user}}}]")}
            {more}
            """));
}
