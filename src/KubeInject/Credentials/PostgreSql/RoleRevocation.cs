using KubeInject.Annotations;
using Npgsql;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Removes a login role: disables its login, terminates its sessions, reassigns its objects, and drops it.</summary>
/// <param name="server">Opens sessions.</param>
/// <param name="reassignOwnedTo">The role that becomes the owner of its objects; null for the role that the pod requested.</param>
internal sealed class RoleRevocation(PostgreSqlServer server, string? reassignOwnedTo)
{
    // Since version 14, pg_terminate_backend can wait for the end of the session.
    private const int TerminateWaitsSince = 14;
    private static readonly TimeSpan PollingInterval = TimeSpan.FromMilliseconds(20);

    // How long to wait for a statement before looking for sessions that block it.
    private static readonly TimeSpan BlockedAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>Removes the role. Does nothing if the role does not exist.</summary>
    /// <param name="name">The login role.</param>
    /// <param name="requested">The role that the pod requested.</param>
    /// <param name="statements">The statements that remove the role; empty for the default.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="CredentialException">The login could not be disabled, or the login is disabled but the role cannot be removed.</exception>
    public async Task RunAsync(string name, string requested, IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        var connection = await server.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            if (await LoginRole.FindAsync(connection, name, cancellationToken).ConfigureAwait(false) is not { } login)
                return;
            await DisableAsync(connection, login, cancellationToken).ConfigureAwait(false);

            // A role that is a member of the connecting user cannot be granted to that user, and must lose these privileges immediately.
            if (!login.IsUnderSuperuser && login.HasOurRights)
                await login.RevokeMembershipsAsync(connection, cancellationToken).ConfigureAwait(false);
            await EndSessionsAsync(connection, login, cancellationToken).ConfigureAwait(false);
            if (statements.Count == 0)
            {
                await RemoveAsync(connection, login, reassignOwnedTo ?? requested, cancellationToken).ConfigureAwait(false);
                return;
            }

            await connection.InTransactionAsync(
                async () =>
                {
                    foreach (var statement in statements)
                        await connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a concurrent revocation can cause this error. A retry then succeeds.</summary>
    public static bool IsRace(PostgresException exception) => exception.IsTransient
        || exception.SqlState is PostgresErrorCodes.InternalError or PostgresErrorCodes.UndefinedObject
        or PostgresErrorCodes.InvalidParameterValue // SET ROLE to a role that was dropped
        || exception is { SqlState: PostgresErrorCodes.InsufficientPrivilege, Routine: "ReassignOwnedObjects" }; // REASSIGN by a role that was dropped after SET ROLE

    /// <summary>Terminates sessions of the role until none is left.</summary>
    private static async Task EndSessionsAsync(NpgsqlConnection connection, LoginRole login, CancellationToken cancellationToken)
    {
        var terminateWaits = connection.PostgreSqlVersion.Major >= TerminateWaitsSince;
        while (await CountAsync("1").ConfigureAwait(false) > 0)
        {
            // Rolled back, because the connecting user needs the membership only to terminate the sessions.
            await connection.InTransactionAsync(
                async () =>
                {
                    await login.JoinAsync(connection, inherits: false, cancellationToken).ConfigureAwait(false);
                    if (!login.IsUnderSuperuser)
                        await connection.ExecuteAsync($"SET LOCAL ROLE {login.Identifier}", cancellationToken).ConfigureAwait(false);
                    await CountAsync(terminateWaits ? "pg_catalog.pg_terminate_backend(pid, 1000)" : "pg_catalog.pg_terminate_backend(pid)").ConfigureAwait(false);
                },
                cancellationToken,
                isTrial: true).ConfigureAwait(false);
            if (!terminateWaits)
                await Task.Delay(PollingInterval, cancellationToken).ConfigureAwait(false);
        }

        async Task<int> CountAsync(string expression) => (await connection.ListAsync(
            $"SELECT {expression} FROM pg_catalog.pg_stat_activity WHERE usesysid = $1", _ => true, cancellationToken, login.Parameter).ConfigureAwait(false)).Count;
    }

    /// <summary>Finds a prepared transaction of the role, which can hold locks and create objects until it is committed or rolled back.</summary>
    private static async Task<string?> FindPreparedAsync(NpgsqlConnection connection, LoginRole login, CancellationToken cancellationToken)
    {
        var prepared = await connection.ListAsync(
            "SELECT gid, database::pg_catalog.text FROM pg_catalog.pg_prepared_xacts WHERE owner = (SELECT rolname FROM pg_catalog.pg_roles WHERE oid = $1) ORDER BY prepared",
            reader => $"its prepared transaction '{Redaction.OneLine(reader.GetString(0))}' in the database {Redaction.Value(reader.GetString(1))} is open and blocks the change (run ROLLBACK PREPARED or COMMIT PREPARED)",
            cancellationToken,
            login.Parameter).ConfigureAwait(false);
        return prepared.FirstOrDefault();
    }

    /// <summary>
    /// Disables the login of the role. A session that has changed the password of the role in an open transaction blocks this
    /// statement, so sessions are terminated until it succeeds.
    /// </summary>
    private async Task DisableAsync(NpgsqlConnection connection, LoginRole login, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var disabling = connection.ExecuteAsync($"ALTER ROLE {login.Identifier} NOLOGIN PASSWORD NULL VALID UNTIL 'epoch'", stop.Token);
        try
        {
            while (await Task.WhenAny(disabling, Task.Delay(BlockedAfter, cancellationToken)).ConfigureAwait(false) != disabling)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var other = await server.OpenAsync(connection.Database, connection.PostgreSqlVersion.Major, cancellationToken).ConfigureAwait(false);
                await using (other.ConfigureAwait(false))
                {
                    await EndSessionsAsync(other, login, cancellationToken).ConfigureAwait(false);
                    if (await FindPreparedAsync(other, login, cancellationToken).ConfigureAwait(false) is { } prepared && !disabling.IsCompleted)
                        throw new CredentialException(CredentialFailure.Refused, $"The login role '{login.Name}' can still log in because {prepared}. Ask an administrator to end the transaction; the next sweep tries again.");
                }
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await disabling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await disabling.ConfigureAwait(false);
    }

    private async Task RemoveAsync(NpgsqlConnection connection, LoginRole login, string newOwner, CancellationToken cancellationToken)
    {
        var databases = await DependentDatabase.FindAsync(server, connection, login, newOwner, cancellationToken).ConfigureAwait(false);
        try
        {
            var problem = await FindProblemAsync(connection, login, newOwner, databases, cancellationToken).ConfigureAwait(false);
            if (problem is not null)
            {
                if (!await login.ExistsAsync(connection, cancellationToken).ConfigureAwait(false))
                    return;
                throw await NotRemovedAsync(connection, login, databases, problem, cancellationToken).ConfigureAwait(false);
            }

            foreach (var database in databases.Where(database => database.Owned.Count > 0))
                await database.HandOverAsync(newOwner, reassignOwnedTo is not null, cancellationToken).ConfigureAwait(false);
            foreach (var database in databases)
                await database.DropOwnedAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var database in databases)
                await database.DisposeAsync().ConfigureAwait(false);
        }

        // Another program can have removed the role in the meantime.
        await connection.ExecuteAsync($"DROP ROLE IF EXISTS {login.Identifier}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks all requirements before anything is changed.</summary>
    /// <returns>Why the role cannot be removed; null if it can.</returns>
    private async Task<string?> FindProblemAsync(NpgsqlConnection connection, LoginRole login, string newOwner, IReadOnlyList<DependentDatabase> databases, CancellationToken cancellationToken)
    {
        if (await FindPreparedAsync(connection, login, cancellationToken).ConfigureAwait(false) is { } prepared)
            return prepared;
        var owns = databases.Any(database => database.Owned.Count > 0);
        if (owns && await RoleCheck.FindObjectionAsync(connection, newOwner, cancellationToken).ConfigureAwait(false) is { } objection)
            return $"the role {Redaction.Value(newOwner)} {objection}";
        if (databases.Select(database => database.Problem).FirstOrDefault(problem => problem is not null) is { } found)
            return found;
        if (owns && reassignOwnedTo is null && !await HasRightsOfAsync(connection, login, newOwner, cancellationToken).ConfigureAwait(false))
            return $"it is not a member of the role {Redaction.Value(newOwner)} or does not inherit its privileges";
        foreach (var database in databases)
        {
            if (await database.DryRunReassignAsync(newOwner, reassignOwnedTo is not null, cancellationToken).ConfigureAwait(false) is { } problem)
                return problem;
        }

        return null;
    }

    private static async Task<bool> HasRightsOfAsync(NpgsqlConnection connection, LoginRole login, string newOwner, CancellationToken cancellationToken) => await connection.ListAsync(
        "SELECT pg_catalog.pg_has_role($1, oid, 'USAGE') FROM pg_catalog.pg_roles WHERE rolname = $2",
        reader => reader.GetBoolean(0),
        cancellationToken,
        login.Parameter,
        new NpgsqlParameter<string> { TypedValue = newOwner }).ConfigureAwait(false) is [true];

    /// <summary>Revokes the memberships of the role, and creates the error with the instructions for an administrator.</summary>
    private static async Task<CredentialException> NotRemovedAsync(
        NpgsqlConnection connection, LoginRole login, IReadOnlyList<DependentDatabase> databases, string problem, CancellationToken cancellationToken)
    {
        var memberships = "";
        try
        {
            await login.RevokeMembershipsAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (!IsRace(exception))
        {
            memberships = $" Revoking its memberships failed: {PostgreSqlErrors.Reason(exception)}. Ask an administrator to revoke them, too.";
        }

        var owned = databases.Count == 0 ? "" :
            $" Objects and privileges that it still has: {string.Join("; ", databases)}. Ask an administrator to run, in each of these databases, REASSIGN OWNED BY {login.Identifier} TO a role without special privileges " +
            $"(functions that the pod created run with the privileges of their owner), and DROP OWNED BY {login.Identifier}.";
        return new CredentialException(
            CredentialFailure.Refused, $"The login role '{login.Name}' can no longer log in but was not removed because {problem}.{owned}{memberships} After that, the next sweep removes it.")
        { IsDisabled = true };
    }
}
