namespace KubeInject.Kubernetes.Configuration;

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

    /// <summary>Replaces what is given and keeps the rest, as kubectl's --as, --as-uid and --as-group do with what the kubeconfig says.</summary>
    /// <param name="before">What was to be done so far; null for requests as the user himself.</param>
    /// <param name="user">Another user; null to keep him.</param>
    /// <param name="uid">Another uid; null to keep it.</param>
    /// <param name="groups">Other groups; null to keep them.</param>
    /// <returns>In whose place requests are made now; null for none.</returns>
    /// <exception cref="ConfigurationException">A uid or groups are given, and no user that they go with.</exception>
    public static Impersonation? Change(Impersonation? before, string? user, string? uid, IReadOnlyList<string>? groups)
    {
        if (user is null && uid is null && groups is null)
            return before;
        var name = user ?? before?.User ?? throw new ConfigurationException("A uid or groups can be impersonated only together with a user; specify the user.");
        return (before ?? new Impersonation { User = name }) with { User = name, Uid = uid ?? before?.Uid, Groups = groups ?? before?.Groups ?? [] };
    }
}
