using KubeInject.Annotations;
using Npgsql;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Makes sure that a pod's annotation is no way to become more than the pod's author is.</summary>
internal static class RoleCheck
{
    public const string IsLease = "is the login role of a lease";
    public const string DoesNotExist = "does not exist";

    // The role and whatever it is a member of, by whichever way; a membership that is not inherited can still be taken on.
    private const string Privileges = $"""
        WITH RECURSIVE reached (oid) AS (
            SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1
            UNION
            SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN reached ON m.member = reached.oid)
        SELECT r.rolname::pg_catalog.text,
               CASE WHEN r.rolname ~ '{RoleName.LeasePattern}' THEN '{IsLease}'
                    WHEN r.rolsuper THEN 'is a superuser'
                    WHEN r.rolcreaterole THEN 'may create roles (CREATEROLE)'
                    WHEN r.rolcreatedb THEN 'may create databases (CREATEDB)'
                    WHEN r.rolreplication THEN 'may replicate (REPLICATION)'
                    WHEN r.rolbypassrls THEN 'bypasses row security (BYPASSRLS)'
                    WHEN pg_catalog."left"(r.rolname, 3) = 'pg_' THEN 'is a predefined role of PostgreSQL'
                    WHEN r.rolname IN (current_user, session_user) THEN 'is the user who creates the login roles' END
        FROM reached JOIN pg_catalog.pg_roles r USING (oid)
        ORDER BY 2 NULLS LAST, 1
        """;

    /// <summary>Finds out whether a pod may have a role.</summary>
    /// <param name="connection">The server.</param>
    /// <param name="role">The role that the pod requests.</param>
    /// <param name="mustExist">Whether there has to be such a role: the statements may mean something else by it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="CredentialException">It may not.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, string role, bool mustExist, CancellationToken cancellationToken)
    {
        switch (await FindObjectionAsync(connection, role, cancellationToken).ConfigureAwait(false))
        {
            case DoesNotExist when mustExist:
                throw Refused(role, $"{DoesNotExist}. Create it with the privileges that the pod needs (CREATE ROLE … NOLOGIN), or correct the annotation.");
            case null or DoesNotExist:
                return;
            case var why when why.Contains(IsLease, StringComparison.Ordinal):
                throw RefusedAsLease(role, why);
            case var why:
                throw Refused(role, $"is not available to pods because it {why}. Request a role that has only the privileges that the pod needs, or, to allow this role, specify it in a custom creation statement.");
        }
    }

    /// <summary>Finds the reason why no pod may have a role, and why it must not own what a pod made.</summary>
    /// <returns>The reason: <c>is a superuser</c>, <c>is a member of 'dba', which is a superuser</c>; null if there is nothing.</returns>
    public static async Task<string?> FindObjectionAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken)
    {
        var reached = await connection.ListAsync(
            Privileges,
            reader => (Name: reader.GetString(0), Why: reader.IsDBNull(1) ? null : reader.GetString(1)),
            cancellationToken,
            new NpgsqlParameter<string> { TypedValue = role }).ConfigureAwait(false);
        if (reached.Count == 0)
            return DoesNotExist;
        var (name, why) = reached[0];
        return why is null || name == role ? why : $"is a member of {Redaction.Value(name)}, which {why}";
    }

    public static CredentialException RefusedAsLease(string role, string why = IsLease) => Refused(
        role, $"is not available to pods because it {why}. {(why == IsLease ? "Request a role that an administrator created for pods" : "Ask an administrator to revoke that membership")}.");

    public static CredentialException Refused(string role, string why) => new(CredentialFailure.Refused, $"The PostgreSQL role {Redaction.Value(role)} {why}");
}
