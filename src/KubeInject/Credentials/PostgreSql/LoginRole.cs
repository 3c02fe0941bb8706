using Npgsql;
using NpgsqlTypes;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>An existing login role, as the connecting user sees it.</summary>
/// <param name="Name">The name of the role.</param>
/// <param name="Oid">The OID of the role in the catalogs.</param>
/// <param name="IsUnderSuperuser">Whether the connecting user is a superuser, who needs no membership to manage the role.</param>
/// <param name="HasOurRights">Whether the role is a direct or indirect member of the connecting user.</param>
internal sealed record LoginRole(string Name, uint Oid, bool IsUnderSuperuser, bool HasOurRights)
{
    // Since version 16, memberships have the options INHERIT and SET.
    public const int OptionsSince = 16;

    /// <summary>The name as a quoted identifier.</summary>
    public string Identifier => RoleName.Quote(Name);

    /// <summary>The OID as a query parameter.</summary>
    public NpgsqlParameter Parameter => new NpgsqlParameter<uint> { TypedValue = Oid, NpgsqlDbType = NpgsqlDbType.Oid };

    /// <summary>Finds the role. If another session is creating it, waits until that session has committed or rolled back.</summary>
    public static async Task<LoginRole?> FindAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var roles = await connection.ListAsync(
                """
                SELECT r.oid, u.rolsuper, pg_catalog.pg_has_role(r.oid, u.oid, 'MEMBER')
                FROM pg_catalog.pg_roles r CROSS JOIN pg_catalog.pg_roles u
                WHERE r.rolname = $1 AND u.rolname = current_user
                """,
                reader => new LoginRole(name, reader.GetFieldValue<uint>(0), reader.GetBoolean(1), reader.GetBoolean(2)),
                cancellationToken,
                new NpgsqlParameter<string> { TypedValue = name }).ConfigureAwait(false);
            if (roles is [var role])
                return role;
            if (!await WasBeingCreatedAsync(connection, name, cancellationToken).ConfigureAwait(false))
                return null;
        }
    }

    /// <summary>Whether the role still exists: another session might have removed it.</summary>
    public async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ListAsync("SELECT FROM pg_catalog.pg_roles WHERE oid = $1", _ => true, cancellationToken, Parameter).ConfigureAwait(false) is [true];

    /// <summary>Makes the connecting user a member of the role for the rest of a transaction. Does nothing for a superuser.</summary>
    /// <param name="connection">The session, in a transaction.</param>
    /// <param name="inherits">Whether the user needs the privileges of the role in addition to SET ROLE.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task JoinAsync(NpgsqlConnection connection, bool inherits, CancellationToken cancellationToken)
    {
        if (IsUnderSuperuser)
            return;
        var options = connection.PostgreSqlVersion.Major >= OptionsSince ? $" WITH INHERIT {(inherits ? "TRUE" : "FALSE")}, SET TRUE" : "";
        await connection.ExecuteAsync($"GRANT {Identifier} TO CURRENT_USER{options}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the role a member of another role.</summary>
    public Task GrantAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken)
    {
        var options = connection.PostgreSqlVersion.Major >= OptionsSince ? " WITH INHERIT TRUE, SET TRUE" : "";
        return connection.ExecuteAsync($"GRANT {RoleName.Quote(role)} TO {Identifier}{options}", cancellationToken);
    }

    /// <summary>
    /// Revokes the memberships of the role in other roles, and of other roles in it: until version 15, a role can grant itself
    /// to any other role.
    /// </summary>
    public async Task RevokeMembershipsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Since version 16, a membership has a grantor. A membership without INHERIT and SET only permits the creator of the
        // role to administer it, and is kept.
        var hasOptions = connection.PostgreSqlVersion.Major >= OptionsSince;
        var statements = await connection.ListAsync(
            $"""
            SELECT pg_catalog.format('REVOKE %I FROM %I{(hasOptions ? " GRANTED BY %I" : "")} CASCADE', r.rolname, m.rolname{(hasOptions ? ", g.rolname" : "")})
            FROM pg_catalog.pg_auth_members a
            JOIN pg_catalog.pg_roles r ON r.oid = a.roleid JOIN pg_catalog.pg_roles m ON m.oid = a.member LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantor
            WHERE $1 IN (a.roleid, a.member) {(hasOptions ? "AND (a.inherit_option OR a.set_option)" : "")}
            """,
            reader => reader.GetString(0),
            cancellationToken,
            Parameter).ConfigureAwait(false);
        foreach (var statement in statements)
            await connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether another session was creating the role and has committed. An uncommitted role is invisible, but it blocks other
    /// sessions that create a role with the same name. Unlike an advisory lock, pods cannot use this to block KubeInject,
    /// because they may not create roles.
    /// </summary>
    private static async Task<bool> WasBeingCreatedAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        try
        {
            await connection.InTransactionAsync(() => connection.ExecuteAsync($"CREATE ROLE {RoleName.Quote(name)} NOLOGIN", cancellationToken), cancellationToken, isTrial: true).ConfigureAwait(false);
            return false;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
        {
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false; // a user without CREATEROLE cannot be creating this role
        }
    }
}
