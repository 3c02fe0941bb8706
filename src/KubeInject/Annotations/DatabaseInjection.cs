namespace KubeInject.Annotations;

/// <summary>What a pod asks for of one database.</summary>
public sealed record DatabaseInjection
{
    /// <summary>The user's own name for the connection: what stands between the prefix and the first dot.</summary>
    public required string Name { get; init; }

    /// <summary>The role to issue credentials from; null where none is given, which is a finding.</summary>
    public string? Role { get; init; }

    /// <summary>The mount path of the database secrets engine.</summary>
    public required string Mount { get; init; }

    /// <summary>In which form the containers get the credentials. Default: <see cref="InjectionMode.Classic"/>.</summary>
    public InjectionMode Mode { get; init; }

    /// <summary>Variables that get the username in classic mode. Default: <c>DBUSER</c>.</summary>
    public IReadOnlyList<string> UsernameVariables { get; init; } = [];

    /// <summary>Variables that get the password in classic mode. Default: <c>DBPASSWORD</c>.</summary>
    public IReadOnlyList<string> PasswordVariables { get; init; } = [];

    /// <summary>Variables that get the connection URI in uri mode.</summary>
    public IReadOnlyList<string> UriVariables { get; init; } = [];

    /// <summary>The connection URI to put the credentials into, in uri mode.</summary>
    public string? Template { get; init; }

    /// <summary>The key of the lease record, once injected.</summary>
    public string? Uuid { get; init; }
}
