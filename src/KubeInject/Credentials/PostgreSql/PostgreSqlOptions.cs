namespace KubeInject.Credentials.PostgreSql;

/// <summary>How short-lived login roles are made in PostgreSQL.</summary>
/// <remarks>
/// <para>
/// Statements are templates. <c>{{name}}</c>, or <c>{{username}}</c>, stands for the name of the login role,
/// <c>{{password}}</c> for what <see cref="PasswordAuthentication"/> says, <c>{{expiration}}</c> for the end by the
/// server's clock, and <c>{{role}}</c> for the role that the pod asks for. The first three mean what they mean in Vault.
/// </para>
/// <para>
/// The pod's role is anybody's text. In double quotes, or in none, it becomes exactly that identifier, whatever is in
/// it; within a literal, a comment or a function's body only letters, digits, <c>_</c> and single <c>-</c> are let through.
/// </para>
/// <para>
/// The search path is <c>pg_catalog</c>: write every other name with its schema.
/// </para>
/// </remarks>
public sealed record PostgreSqlOptions
{
    /// <summary>Creates a login role that is a member of the role that the pod asks for.</summary>
    public const string DefaultCreationStatement =
        """CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE "{{role}}";""";

    /// <summary>Puts off the end of a login role.</summary>
    public const string DefaultRenewalStatement = """ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}';""";

    /// <summary>
    /// Where to connect, and as whom: a URI (<c>postgresql://admin:…@db:5432/orders?sslmode=verify-full</c>) or Npgsql's
    /// keywords (<c>Host=db;Username=admin;…</c>). The user has to be a superuser, or have CREATEROLE and, in PostgreSQL
    /// 16 and later, ADMIN OPTION on the roles that are given out. A connection pooler that refuses or drops the settings of
    /// a session is refused.
    /// </summary>
    public required SensitiveString ConnectionString { get; init; }

    /// <summary>As whom to connect; null for the user in <see cref="ConnectionString"/> (default).</summary>
    public string? Username { get; init; }

    /// <summary>The password of that user; null for the one in <see cref="ConnectionString"/>, in <c>PGPASSWORD</c>, or in <c>PGPASSFILE</c> or <c>~/.pgpass</c> (default).</summary>
    public SensitiveString? Password { get; init; }

    /// <summary>
    /// The server's name in lease records: each sweep looks after the leases of its own server. Default: null, host and
    /// port of the connection. Name it where the same server is reached by several addresses.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>What creates the login role; all of it in one transaction. Default: <see cref="DefaultCreationStatement"/>.</summary>
    public IReadOnlyList<string> CreationStatements { get; init; } = [DefaultCreationStatement];

    /// <summary>What puts off its end, in one transaction; none for credentials that cannot be renewed. Default: <see cref="DefaultRenewalStatement"/>.</summary>
    public IReadOnlyList<string> RenewalStatements { get; init; } = [DefaultRenewalStatement];

    /// <summary>
    /// What removes the login role, in one transaction, after its login and its sessions were ended; none (default) for this:
    /// in every database where it owns anything or has privileges, REASSIGN OWNED to the role that the pod requested, and DROP
    /// OWNED; then DROP ROLE.
    /// </summary>
    /// <remarks>
    /// Never write <c>REASSIGN OWNED … TO CURRENT_USER</c>, or to another privileged role: functions that a pod made then run
    /// with the rights of that role.
    /// </remarks>
    public IReadOnlyList<string> RevocationStatements { get; init; } = [];

    /// <summary>The role that gets what a login role owns when it is removed. Default: null, the role that the pod requested.</summary>
    /// <remarks>
    /// Functions that a pod made then run with the rights of this role. A role that no pod may request, because it is
    /// privileged or is the connecting user, is refused. Not used with <see cref="RevocationStatements"/>.
    /// </remarks>
    public string? ReassignOwnedTo { get; init; }

    /// <summary>How long a login role is good for, and again after each renewal; whole seconds, at least 1. Default: 1 hour.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long issuing, renewing or revoking one credential may take. Default: 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The roles that pods may ask for, with the wildcards <c>*</c> and <c>?</c>; none (default) for all that are not privileged. The login role of a lease is never one of them.</summary>
    public IReadOnlyList<string> AllowedRoles { get; init; } = [];

    /// <summary>What stands for <c>{{password}}</c>. Default: <see cref="PostgreSqlPasswordAuthentication.ScramSha256"/>.</summary>
    public PostgreSqlPasswordAuthentication PasswordAuthentication { get; init; } = PostgreSqlPasswordAuthentication.ScramSha256;
}
