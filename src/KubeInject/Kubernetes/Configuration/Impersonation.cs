namespace KubeInject.Kubernetes.Configuration;

/// <summary>The user to impersonate, like <c>kubectl --as</c>. The authenticated user needs the permission to impersonate.</summary>
public sealed record Impersonation
{
    /// <summary>The name of the user, or of a ServiceAccount: <c>system:serviceaccount:shop:teller</c>.</summary>
    public required string User { get; init; }

    /// <summary>The UID of the user; null for none.</summary>
    public string? Uid { get; init; }

    /// <summary>The groups of the user. The server adds its own groups, such as <c>system:authenticated</c>.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Additional information about the user, such as scopes. A key can have several values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Replaces the specified values and keeps the others, like the options --as, --as-uid and --as-group of kubectl.</summary>
    /// <param name="before">The impersonation to change; null for none.</param>
    /// <param name="user">The new user; null to keep the user.</param>
    /// <param name="uid">The new UID; null to keep the UID.</param>
    /// <param name="groups">The new groups; null to keep the groups.</param>
    /// <returns>The changed impersonation; null for none.</returns>
    /// <exception cref="ConfigurationException">A UID or groups are specified without a user.</exception>
    public static Impersonation? Change(Impersonation? before, string? user, string? uid, IReadOnlyList<string>? groups)
    {
        if (user is null && uid is null && groups is null)
            return before;
        var name = user ?? before?.User ?? throw new ConfigurationException("A uid or groups can be impersonated only together with a user; specify the user.");
        return (before ?? new Impersonation { User = name }) with { User = name, Uid = uid ?? before?.Uid, Groups = groups ?? before?.Groups ?? [] };
    }
}
