namespace KubeInject.Annotations;

/// <summary>What a pod asks for of one database.</summary>
public sealed record DatabaseInjection
{
    /// <summary>The variable that gets the username in classic mode where none is named.</summary>
    public const string DefaultUsernameVariable = "DBUSER";

    /// <summary>The variable that gets the password in classic mode where none is named.</summary>
    public const string DefaultPasswordVariable = "DBPASSWORD";

    /// <summary>The user's own name for the connection: what stands between the prefix and the first dot.</summary>
    public required string Name { get; init; }

    /// <summary>The role to issue credentials from; null where none is given, which is a finding.</summary>
    public string? Role { get; init; }

    /// <summary>The mount path of the database secrets engine.</summary>
    public required string Mount { get; init; }

    /// <summary>In which form the containers get the credentials. Default: <see cref="InjectionMode.Classic"/>.</summary>
    public InjectionMode Mode { get; init; }

    /// <summary>Variables that get the username in classic mode; empty in uri mode, and where another injector's words name none.</summary>
    public IReadOnlyList<string> UsernameVariables { get; init; } = [];

    /// <summary>Variables that get the password in classic mode; empty in uri mode, and where another injector's words name none.</summary>
    public IReadOnlyList<string> PasswordVariables { get; init; } = [];

    /// <summary>Variables that get the connection URI in uri mode; empty in classic mode, and where another injector's words name none.</summary>
    public IReadOnlyList<string> UriVariables { get; init; } = [];

    /// <summary>
    /// The connection URI to put the credentials into, in uri mode, with passwords masked; null in classic mode.
    /// </summary>
    public string? Template
    {
        get => RawTemplate is null ? null : PasswordMask.Apply(RawTemplate);
        init => RawTemplate = value;
    }

    /// <summary>The connection URI, unmasked.</summary>
    internal string? RawTemplate { get; private init; }

    /// <summary>The key of the lease record, once injected; null where the pod does not say which of its UUIDs it is.</summary>
    public string? Uuid { get; init; }

    /// <summary>The database in one line, without the template: a password may stand in it.</summary>
    /// <returns>For example <c>orders: role orders-rw of databases, classic</c>.</returns>
    public override string ToString() =>
        Redaction.OneLine($"{Name}: {(Role is null ? "no role" : $"role {Role}")} of {Mount}, {(Mode == InjectionMode.Uri ? "uri" : "classic")}");
}
