using KubeInject.Annotations;
using Npgsql;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Prevents privilege escalation through the role in a pod's annotation.</summary>
internal static class RoleCheck
{
    public const string IsLease = "is the login role of a lease";
    public const string DoesNotExist = "does not exist";

    private const string Reason = $"""
        CASE WHEN r.rolname ~ '{RoleName.LeasePattern}' THEN '{IsLease}'
             WHEN r.rolsuper THEN 'is a superuser'
             WHEN r.rolcreaterole THEN 'may create roles (CREATEROLE)'
             WHEN r.rolcreatedb THEN 'may create databases (CREATEDB)'
             WHEN r.rolreplication THEN 'may replicate (REPLICATION)'
             WHEN r.rolbypassrls THEN 'bypasses row security (BYPASSRLS)'
             WHEN pg_catalog."left"(r.rolname, 3) = 'pg_' THEN 'is a predefined role of PostgreSQL'
             WHEN r.rolname IN (current_user, session_user) THEN 'is the user who creates the login roles' END
        """;

    // The role and its direct and indirect memberships. Memberships without INHERIT count as well, because of SET ROLE.
    private const string Privileges = $"""
        WITH RECURSIVE reached (oid) AS (
            SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1
            UNION
            SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN reached ON m.member = reached.oid)
        SELECT r.rolname::pg_catalog.text,
               {Reason}
        FROM reached JOIN pg_catalog.pg_roles r USING (oid)
        ORDER BY 2 NULLS LAST, 1
        """;

    // The roles without a login that have none of these privileges, directly or through memberships.
    private const string Available = $"""
        WITH RECURSIVE reached (role, oid) AS (
            SELECT oid, oid FROM pg_catalog.pg_roles WHERE NOT rolcanlogin
            UNION
            SELECT reached.role, m.roleid FROM pg_catalog.pg_auth_members m JOIN reached ON m.member = reached.oid)
        SELECT available.rolname::pg_catalog.text
        FROM reached JOIN pg_catalog.pg_roles r USING (oid) JOIN pg_catalog.pg_roles available ON available.oid = reached.role
        GROUP BY available.rolname
        HAVING pg_catalog.count({Reason}) = 0
        ORDER BY 1
        """;

    /// <summary>Lists the roles without a login that pods may request.</summary>
    /// <param name="connection">A session of the server.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static Task<List<string>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ListAsync(Available, reader => reader.GetString(0), cancellationToken);

    /// <summary>Checks whether a pod may request a role.</summary>
    /// <param name="connection">A session of the server.</param>
    /// <param name="role">The role that the pod requests.</param>
    /// <param name="mustExist">Whether the role must exist; false if custom statements might not use the value as a role name.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="CredentialException">The pod may not request the role.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, string role, bool mustExist, CancellationToken cancellationToken)
    {
        switch (await FindObjectionAsync(connection, role, cancellationToken).ConfigureAwait(false))
        {
            case DoesNotExist when mustExist:
                throw Refused(role, $"{DoesNotExist}. Create it with the privileges that the pod needs (CREATE ROLE … NOLOGIN), or correct the annotation.");
            case null or DoesNotExist:
                return;
            case var reason when reason.Contains(IsLease, StringComparison.Ordinal):
                throw RefusedAsLease(role, reason);
            case var reason:
                throw Refused(role, $"is not available to pods because it {reason}. Request a role that has only the privileges that the pod needs, or, to allow this role, specify it in a custom creation statement.");
        }
    }

    /// <summary>Checks that the connecting user can remove login roles. Until version 15, a user with NOINHERIT cannot act for a role that it is a member of.</summary>
    /// <exception cref="CredentialException">The user could create login roles but not remove them.</exception>
    public static async Task CheckInheritanceAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major >= LoginRole.OptionsSince)
            return;
        var users = await connection.ListAsync(
            "SELECT rolname::pg_catalog.text FROM pg_catalog.pg_roles WHERE rolname = current_user AND NOT rolinherit AND NOT rolsuper",
            reader => reader.GetString(0),
            cancellationToken).ConfigureAwait(false);
        if (users is [var user])
            throw Refused(user, $"has the attribute NOINHERIT, so it could create login roles but not remove them. Run ALTER ROLE {RoleName.Quote(user)} INHERIT, or connect as another user.");
    }

    /// <summary>Finds the reason why pods may not request a role and why the role must not own objects that pods created.</summary>
    /// <returns>The reason: <c>is a superuser</c>, <c>is a member of 'dba', which is a superuser</c>; null if there is none.</returns>
    public static async Task<string?> FindObjectionAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken)
    {
        var reached = await connection.ListAsync(
            Privileges,
            reader => (Name: reader.GetString(0), Reason: reader.IsDBNull(1) ? null : reader.GetString(1)),
            cancellationToken,
            new NpgsqlParameter<string> { TypedValue = role }).ConfigureAwait(false);
        if (reached.Count == 0)
            return DoesNotExist;
        var (name, reason) = reached[0];
        return reason is null || name == role ? reason : $"is a member of {Redaction.Value(name)}, which {reason}";
    }

    public static CredentialException RefusedAsLease(string role, string reason = IsLease) => Refused(
        role, $"is not available to pods because it {reason}. {(reason == IsLease ? "Request a role that an administrator created for pods" : "Ask an administrator to revoke that membership")}.");

    public static CredentialException Refused(string role, string problem) => new(CredentialFailure.Refused, $"The PostgreSQL role {Redaction.Value(role)} {problem}");
}
