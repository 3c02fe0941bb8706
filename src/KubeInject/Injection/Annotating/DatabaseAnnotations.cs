using KubeInject.Annotations;

namespace KubeInject.Injection.Annotating;

/// <summary>The annotations to set for a database. Null values keep the current annotations.</summary>
internal sealed record DatabaseAnnotations
{
    /// <summary>The name of the connection in the keys of the pod.</summary>
    public required string Database { get; init; }

    /// <summary>The role to issue credentials from.</summary>
    public string? Role { get; init; }

    /// <summary>The form in which containers get the credentials.</summary>
    public InjectionMode? Mode { get; init; }

    /// <summary>The connection URI that the credentials are added to.</summary>
    public string? Template { get; init; }

    /// <summary>The variables that get the connection URI.</summary>
    public IReadOnlyList<string>? UriVariables { get; init; }

    /// <summary>The variables that get the username.</summary>
    public IReadOnlyList<string>? UsernameVariables { get; init; }

    /// <summary>The variables that get the password.</summary>
    public IReadOnlyList<string>? PasswordVariables { get; init; }

    /// <summary>The mount path of the database secrets engine, for every database of the pod.</summary>
    public string? Mount { get; init; }

    /// <summary>Returns the database and its role, without the template, which might contain a password.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Role is null ? Database : $"{Database} (role {Role})";
}
