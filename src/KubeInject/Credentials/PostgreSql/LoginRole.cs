using Npgsql;
using NpgsqlTypes;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>A login role that exists, as the user who makes them sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Oid">Its number, by which the catalogs know it.</param>
/// <param name="IsUnderSuperuser">Whether that user is a superuser, who may do everything with it without being a member.</param>
/// <param name="HasOurRights">Whether it is, by whichever way, a member of that user.</param>
internal sealed record LoginRole(string Name, uint Oid, bool IsUnderSuperuser, bool HasOurRights)
{
    // Memberships have options since version 16: whether rights are inherited, whether SET ROLE is allowed.
    private const int OptionsSince = 16;

    /// <summary>The name as an identifier.</summary>
    public string Identifier => RoleName.Quote(Name);

    /// <summary>The number as a parameter of a query.</summary>
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

    /// <summary>Whether the role is still there: another may have removed it.</summary>
    public async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ListAsync("SELECT FROM pg_catalog.pg_roles WHERE oid = $1", _ => true, cancellationToken, Parameter).ConfigureAwait(false) is [true];

    /// <summary>Makes the user who makes the login roles a member of it for the rest of a transaction. A superuser does not have to be one.</summary>
    /// <param name="connection">The session, in a transaction.</param>
    /// <param name="inherits">Whether that user needs the rights of the role, and not only SET ROLE.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task JoinAsync(NpgsqlConnection connection, bool inherits, CancellationToken cancellationToken)
    {
        if (IsUnderSuperuser)
            return;
        var options = connection.PostgreSqlVersion.Major >= OptionsSince ? $" WITH INHERIT {(inherits ? "TRUE" : "FALSE")}, SET TRUE" : "";
        await connection.ExecuteAsync($"GRANT {Identifier} TO CURRENT_USER{options}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes it a member of another role.</summary>
    public Task GrantAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken)
    {
        var options = connection.PostgreSqlVersion.Major >= OptionsSince ? " WITH INHERIT TRUE, SET TRUE" : "";
        return connection.ExecuteAsync($"GRANT {RoleName.Quote(role)} TO {Identifier}{options}", cancellationToken);
    }

    /// <summary>
    /// Revokes its memberships in other roles, and the memberships of others in it: until version 15 a role may grant itself
    /// to any other.
    /// </summary>
    public async Task RevokeMembershipsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Since version 16 a membership belongs to its grantor. One without INHERIT and SET only lets the user who created a
        // role administer it.
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
    /// Whether another session was creating the role, and has committed. A role that is not committed cannot be seen, but
    /// PostgreSQL lets no other session create a role of that name until then. Pods cannot use this to make us wait, as they
    /// could with an advisory lock, because they may not create roles.
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
            return false; // a user who may not create roles has not begun to create this one
        }
    }
}
