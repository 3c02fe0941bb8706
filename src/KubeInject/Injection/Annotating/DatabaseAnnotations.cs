using KubeInject.Annotations;

namespace KubeInject.Injection.Annotating;

/// <summary>What a pod is to ask for of one database. What is null stays as the pod has it.</summary>
public sealed record DatabaseAnnotations
{
    /// <summary>The pod's own name for the connection.</summary>
    public required string Database { get; init; }

    /// <summary>The role to issue credentials from.</summary>
    public string? Role { get; init; }

    /// <summary>In which form the containers get the credentials.</summary>
    public InjectionMode? Mode { get; init; }

    /// <summary>The connection URI to put the credentials into.</summary>
    public string? Template { get; init; }

    /// <summary>The variables that get the connection URI.</summary>
    public IReadOnlyList<string>? UriVariables { get; init; }

    /// <summary>The variables that get the username.</summary>
    public IReadOnlyList<string>? UsernameVariables { get; init; }

    /// <summary>The variables that get the password.</summary>
    public IReadOnlyList<string>? PasswordVariables { get; init; }

    /// <summary>The mount path of the database secrets engine, for every database of the pod.</summary>
    public string? Mount { get; init; }

    /// <summary>The database and its role, without the template: a password may stand in it.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Role is null ? Database : $"{Database} (role {Role})";
}
