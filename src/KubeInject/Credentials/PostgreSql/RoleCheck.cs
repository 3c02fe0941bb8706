using KubeInject.Annotations;
using Npgsql;

namespace KubeInject.Credentials;

/// <summary>Sees to it that a pod's annotation is no way to become more than the pod's author is.</summary>
internal static class RoleCheck
{
    // The role and whatever it is a member of, by whichever way; a membership that is not inherited can still be taken on.
    private const string Privileges = """
        WITH RECURSIVE reached (oid) AS (
            SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1
            UNION
            SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN reached ON m.member = reached.oid)
        SELECT r.rolname::text,
               CASE WHEN r.rolsuper THEN 'is a superuser'
                    WHEN r.rolcreaterole THEN 'may create roles (CREATEROLE)'
                    WHEN r.rolcreatedb THEN 'may create databases (CREATEDB)'
                    WHEN r.rolreplication THEN 'may replicate (REPLICATION)'
                    WHEN r.rolbypassrls THEN 'bypasses row security (BYPASSRLS)'
                    WHEN left(r.rolname, 3) = 'pg_' THEN 'is one of PostgreSQL''s own'
                    WHEN r.rolname IN (current_user, session_user) THEN 'is who makes the login roles' END
        FROM reached JOIN pg_catalog.pg_roles r USING (oid)
        ORDER BY 2 NULLS LAST, 1
        """;

    /// <summary>Finds out whether a pod may have a role.</summary>
    /// <param name="connection">The server.</param>
    /// <param name="role">The role that the pod asks for.</param>
    /// <param name="mustExist">Whether there has to be such a role: the statements may mean something else by it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="CredentialException">It may not.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, string role, bool mustExist, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Privileges, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = role } } };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (mustExist)
                        throw Refused(role, "does not exist. Create it with the rights that the pod is to have (CREATE ROLE … NOLOGIN), or correct the annotation.");
                    return;
                }

                if (await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false))
                    return;
                var (name, why) = (reader.GetString(0), reader.GetString(1));
                var path = name == role ? why : $"is a member of {Quoted.Value(name)}, which {why}";
                throw Refused(role, $"is not given out, because it {path}. Ask for a role that has only the rights that the pod needs; or, if pods are to have this one, name it in a creation statement of your own.");
            }
        }
    }

    public static CredentialException Refused(string role, string why) => new(CredentialFailure.Refused, $"The PostgreSQL role {Quoted.Value(role)} {why}");
}
