namespace KubeInject.Kubernetes;

/// <summary>In whose place requests are made, as <c>kubectl --as</c> has it. The user who asks has to be allowed to.</summary>
public sealed record Impersonation
{
    /// <summary>The name of the user, or of a ServiceAccount: <c>system:serviceaccount:shop:teller</c>.</summary>
    public required string User { get; init; }

    /// <summary>The user's uid; null for none.</summary>
    public string? Uid { get; init; }

    /// <summary>The user's groups; the server adds those that it knows of itself.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What else is known of the user, such as scopes; a key may have several values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
