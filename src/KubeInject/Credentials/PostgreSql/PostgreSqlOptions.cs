namespace KubeInject.Credentials.PostgreSql;

/// <summary>Options for short-lived login roles in PostgreSQL.</summary>
/// <remarks>
/// <para>
/// Statements are templates with these placeholders: <c>{{name}}</c> or <c>{{username}}</c> is the name of the login role,
/// <c>{{password}}</c> is the password or its verifier (<see cref="PasswordAuthentication"/>), <c>{{expiration}}</c> is the
/// expiration time by the clock of the server, and <c>{{role}}</c> is the role that the pod requests. All except
/// <c>{{role}}</c> have the same meaning as in Vault.
/// </para>
/// <para>
/// The requested role is untrusted text. Outside quotes or in double quotes, it is always escaped as one identifier. In a
/// literal, a comment or a function body, it may contain only letters, digits, <c>_</c> and single <c>-</c>.
/// </para>
/// <para>
/// The search path is <c>pg_catalog</c>. Qualify all other names with their schema.
/// </para>
/// </remarks>
internal sealed record PostgreSqlOptions
{
    /// <summary>Creates a login role that is a member of the role that the pod requests.</summary>
    public const string DefaultCreationStatement =
        """CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE "{{role}}";""";

    /// <summary>Sets a new expiration time for a login role.</summary>
    public const string DefaultRenewalStatement = """ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}';""";

    /// <summary>
    /// The connection string: a URI (<c>postgresql://admin:…@db:5432/orders?sslmode=verify-full</c>) or Npgsql keywords
    /// (<c>Host=db;Username=admin;…</c>). The user must be a superuser, or have CREATEROLE and, in PostgreSQL 16 and later,
    /// ADMIN OPTION on the roles that pods request. Connection poolers that reject or drop session settings are not supported.
    /// </summary>
    public required SensitiveString ConnectionString { get; init; }

    /// <summary>The user that creates the login roles. Default: null, the user in <see cref="ConnectionString"/>.</summary>
    public string? Username { get; init; }

    /// <summary>The password of that user. Default: null, the password in <see cref="ConnectionString"/>, <c>PGPASSWORD</c>, <c>PGPASSFILE</c> or <c>~/.pgpass</c>.</summary>
    public SensitiveString? Password { get; init; }

    /// <summary>
    /// The name of the server in lease records. A sweep manages only the leases of its server. Default: null, host and port of
    /// the connection. Specify a name if the same server has several addresses.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>The statements that create the login role, run in one transaction. Default: <see cref="DefaultCreationStatement"/>.</summary>
    public IReadOnlyList<string> CreationStatements { get; init; } = [DefaultCreationStatement];

    /// <summary>The statements that renew the login role, run in one transaction; empty if credentials cannot be renewed. Default: <see cref="DefaultRenewalStatement"/>.</summary>
    public IReadOnlyList<string> RenewalStatements { get; init; } = [DefaultRenewalStatement];

    /// <summary>
    /// The statements that remove the login role, run in one transaction after its login is disabled and its sessions are
    /// terminated. Default: none. Then, in each database where the login role owns objects or has privileges, REASSIGN OWNED
    /// to the role that the pod requested and DROP OWNED are run, and finally DROP ROLE.
    /// </summary>
    /// <remarks>
    /// Do not use <c>REASSIGN OWNED … TO CURRENT_USER</c> or a different privileged role: functions that a pod created then run
    /// with the privileges of that role.
    /// </remarks>
    public IReadOnlyList<string> RevocationStatements { get; init; } = [];

    /// <summary>The role that becomes the owner of the objects of a login role when the login role is removed. Default: null, the role that the pod requested.</summary>
    /// <remarks>
    /// Functions that a pod created then run with the privileges of this role, so a role that pods may not request (a
    /// privileged role or the connecting user) is rejected. Ignored if <see cref="RevocationStatements"/> is specified.
    /// </remarks>
    public string? ReassignOwnedTo { get; init; }

    /// <summary>How long a login role is valid after it is created and after each renewal, in whole seconds; at least 1 second. Default: 1 hour.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The time limit for issuing, renewing or revoking one credential. Default: 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The roles that pods may request, with the wildcards <c>*</c> and <c>?</c>. Default: none, all roles that are not privileged. Pods can never request the login role of a lease.</summary>
    public IReadOnlyList<string> AllowedRoles { get; init; } = [];

    /// <summary>The value of <c>{{password}}</c>. Default: <see cref="PostgreSqlPasswordAuthentication.ScramSha256"/>.</summary>
    public PostgreSqlPasswordAuthentication PasswordAuthentication { get; init; } = PostgreSqlPasswordAuthentication.ScramSha256;
}

/// <summary>The value of <c>{{password}}</c> in creation statements. The names are the same as in Vault.</summary>
/// <remarks>https://developer.hashicorp.com/vault/api-docs/secret/databases/postgresql, <c>password_authentication</c>.</remarks>
public enum PostgreSqlPasswordAuthentication
{
    /// <summary>
    /// The SCRAM-SHA-256 verifier of the password, which PostgreSQL 10 and later store unchanged. The password is not sent to
    /// the server and does not appear in its logs.
    /// </summary>
    ScramSha256,

    /// <summary>The password in plain text, for statements and servers that do not support verifiers.</summary>
    Password,
}
