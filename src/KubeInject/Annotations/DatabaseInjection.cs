namespace KubeInject.Annotations;

/// <summary>A database that a pod requests.</summary>
public sealed record DatabaseInjection
{
    /// <summary>The default variable for the username in classic mode.</summary>
    public const string DefaultUsernameVariable = "DBUSER";

    /// <summary>The default variable for the password in classic mode.</summary>
    public const string DefaultPasswordVariable = "DBPASSWORD";

    /// <summary>The user's name for the connection: the part of the key between the prefix and the first dot.</summary>
    public required string Name { get; init; }

    /// <summary>The role to issue credentials from. Null if no role is specified, which is reported as a finding.</summary>
    public string? Role { get; init; }

    /// <summary>The mount path of the database secrets engine.</summary>
    public required string Mount { get; init; }

    /// <summary>The form in which the containers get the credentials. Default: <see cref="InjectionMode.Classic"/>.</summary>
    public InjectionMode Mode { get; init; }

    /// <summary>The variables for the username in classic mode. Empty in uri mode, and if annotations of another injector name no variable.</summary>
    public IReadOnlyList<string> UsernameVariables { get; init => field = ReadableList.Of(value); } = ReadableList<string>.Empty;

    /// <summary>The variables for the password in classic mode. Empty in uri mode, and if annotations of another injector name no variable.</summary>
    public IReadOnlyList<string> PasswordVariables { get; init => field = ReadableList.Of(value); } = ReadableList<string>.Empty;

    /// <summary>The variables for the connection URI in uri mode. Empty in classic mode, and if annotations of another injector name no variable.</summary>
    public IReadOnlyList<string> UriVariables { get; init => field = ReadableList.Of(value); } = ReadableList<string>.Empty;

    /// <summary>The variables that get the credentials, in the order of the annotations.</summary>
    internal IEnumerable<string> AllVariables => UsernameVariables.Concat(PasswordVariables).Concat(UriVariables);

    /// <summary>
    /// The connection URI in uri mode that the credentials are added to, with passwords masked. Null in classic mode.
    /// </summary>
    public string? Template
    {
        get => RawTemplate is null ? null : PasswordMask.Apply(RawTemplate);
        init => RawTemplate = value;
    }

    /// <summary>The connection URI, unmasked.</summary>
    internal string? RawTemplate { get; private init; }

    /// <summary>The key of the lease record of an injected pod. Null if it is unknown which UUID belongs to the database.</summary>
    public string? Uuid { get; init; }

    /// <summary>Returns one line without the template, which might contain a password.</summary>
    /// <returns>For example <c>orders: role orders-rw of databases, classic</c>.</returns>
    public override string ToString() =>
        Redaction.OneLine($"{Name}: {(Role is null ? "no role" : $"role {Role}")} of {Mount}, {(Mode == InjectionMode.Uri ? "uri" : "classic")}");
}
