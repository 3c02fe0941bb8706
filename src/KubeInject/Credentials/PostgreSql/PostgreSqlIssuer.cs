using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>
/// Creates short-lived login roles in PostgreSQL. The name of a login role is derived from its lease, so it is recorded
/// before the role is created.
/// </summary>
/// <remarks>
/// If a creation statement has <c>{{role}}</c>, a request for one of these roles, or for a direct or indirect member of one,
/// is rejected: a superuser, a role with CREATEROLE, CREATEDB, REPLICATION or BYPASSRLS, a predefined role (<c>pg_…</c>), the
/// login role of a lease, and the connecting user. An expired login role can be renewed as long as it exists, because
/// <c>VALID UNTIL</c> can be changed at any time.
/// </remarks>
internal sealed class PostgreSqlIssuer : ICredentialIssuer, IRoleLister, IDisposable
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const int PasswordLength = 40;

    // Concurrent renewals or revocations of the same role can fail and are retried.
    private const int MaxAttempts = 5;

    // The default concurrency of a sweep. PostgreSQL allows 100 connections in total by default.
    private const int MaxConnections = 16;
    private const int IdleSeconds = 10;

    // More than the queries of a renewal and of a revocation, so that a sweep plans each of them once for each connection.
    private const int MaxPreparedQueries = 20;
    private const int UsesBeforePreparing = 2;

    private readonly PostgreSqlOptions options;
    private readonly List<StatementTemplate> creation;
    private readonly List<StatementTemplate> renewal;
    private readonly List<StatementTemplate> revocation;
    private readonly PostgreSqlErrors errors;
    private readonly PostgreSqlServer server;
    private readonly TimeProvider time;

    /// <summary>Creates the issuer. It connects to the server on first use.</summary>
    /// <param name="options">The server and the statements.</param>
    /// <param name="time">The clock for time limits; default: the system clock. Expiration times use the clock of the server.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public PostgreSqlIssuer(PostgreSqlOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.time = time ?? TimeProvider.System;
        if (options.TimeToLive < TimeSpan.FromSeconds(1) || options.Timeout <= TimeSpan.Zero)
            throw new ArgumentException("TimeToLive must be at least one second, and Timeout must be greater than zero.");
        if (options.ReassignOwnedTo is { } owner && !RoleName.IsPossible(owner))
            throw new ArgumentException("ReassignOwnedTo is not a valid PostgreSQL role name: it must have 1 to 63 bytes and no NUL.");
        creation = Parse(options.CreationStatements, nameof(options.CreationStatements), StatementTemplate.Name, StatementTemplate.Password, StatementTemplate.Expiration, StatementTemplate.Role);
        renewal = Parse(options.RenewalStatements, nameof(options.RenewalStatements), StatementTemplate.Name, StatementTemplate.Expiration, StatementTemplate.Role);
        revocation = Parse(options.RevocationStatements, nameof(options.RevocationStatements), StatementTemplate.Name, StatementTemplate.Role);
        foreach (var needed in new[] { StatementTemplate.Name, StatementTemplate.Password })
        {
            if (!creation.Any(statement => statement.Uses(needed)))
                throw new ArgumentException($"No creation statement has {{{{{needed}}}}}, which is required to create a login role.");
        }

        var connection = ConnectionText.Parse(options.ConnectionString);
        connection.Username = options.Username ?? connection.Username;
        connection.Password = options.Password?.Reveal() ?? connection.Password;
        connection.CommandTimeout = 0; // options.Timeout limits the whole call
        connection.IncludeErrorDetail = true;
        if (!connection.ShouldSerialize("Maximum Pool Size"))
            connection.MaxPoolSize = Math.Max(MaxConnections, connection.MinPoolSize);
        if (!connection.ShouldSerialize("Connection Idle Lifetime"))
            (connection.ConnectionIdleLifetime, connection.ConnectionPruningInterval) = (IdleSeconds, IdleSeconds);
        if (!connection.ShouldSerialize("Max Auto Prepare"))
            (connection.MaxAutoPrepare, connection.AutoPrepareMinUsages) = (MaxPreparedQueries, UsesBeforePreparing);
        ServerName = options.ServerName ?? $"{connection.Host}:{connection.Port}".ToLowerInvariant();
        User = new[] { connection.Username, Environment.GetEnvironmentVariable("PGUSER") }.FirstOrDefault(name => !string.IsNullOrEmpty(name)) ?? Environment.UserName;
        Location = $"{connection.Host}:{connection.Port}/{connection.Database ?? User}";
        errors = new PostgreSqlErrors(connection, options.Timeout);
        server = new PostgreSqlServer(connection, errors);
    }

    /// <inheritdoc/>
    public string Name => "postgresql";

    /// <inheritdoc/>
    public string? ServerName { get; }

    /// <inheritdoc/>
    public string? Location { get; }

    /// <inheritdoc/>
    public string? User { get; }

    /// <inheritdoc/>
    public string? Notice => null;

    /// <inheritdoc/>
    public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (!RoleName.IsPossible(lease.Role))
            throw new CredentialException(CredentialFailure.Refused, "The role that the pod requests is not a valid PostgreSQL role name: it must have 1 to 63 bytes and no NUL. Correct the annotation.");
        if (RoleName.IsLease(lease.Role))
            throw RoleCheck.RefusedAsLease(lease.Role);
        if (!IsAllowed(lease.Role))
            throw RoleCheck.Refused(lease.Role, $"is not among the allowed roles of this source ({string.Join(", ", options.AllowedRoles)}). Request an allowed role, or allow this role.");
        var prepared = lease with { Username = RoleName.Of(lease.Uuid, lease.Role) };
        return RunAsync($"checking the role {Annotations.Redaction.Value(lease.Role)}", null, PrepareAsync, cancellationToken);

        async Task<LeaseRecord> PrepareAsync(CancellationToken token)
        {
            // Connect even if there is nothing to check, so that an unavailable server is detected before anything is recorded.
            var connection = await server.OpenAsync(token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                if (revocation.Count == 0)
                    await RoleCheck.CheckInheritanceAsync(connection, token).ConfigureAwait(false);
                if (creation.Any(statement => statement.Uses(StatementTemplate.Role)))
                    await RoleCheck.RunAsync(connection, lease.Role, mustExist: options.CreationStatements is [PostgreSqlOptions.DefaultCreationStatement], token).ConfigureAwait(false);
                if (options.ReassignOwnedTo is { } owner && revocation.Count == 0 && await RoleCheck.FindObjectionAsync(connection, owner, token).ConfigureAwait(false) is { } objection)
                    throw RoleCheck.Refused(owner, $"cannot become the owner of objects of login roles (ReassignOwnedTo) because it {objection}. Choose a role without special privileges, because functions that pods created run with its privileges.");
                return prepared;
            }
        }
    }

    /// <inheritdoc/>
    public Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var name = RoleName.Of(lease);
        var password = new SensitiveString(RandomNumberGenerator.GetString(Alphabet, PasswordLength));
        var sent = options.PasswordAuthentication == PostgreSqlPasswordAuthentication.Password ? password : new SensitiveString(ScramVerifier.Of(password.Reveal()));
        return RunAsync($"creating the login role '{name}'", sent, IssueAsync, cancellationToken);

        async Task<Credential> IssueAsync(CancellationToken token)
        {
            var connection = await server.OpenAsync(token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var expiration = await ExpirationAsync(connection, token).ConfigureAwait(false);
                    var values = Values(lease, name, expiration);
                    values[StatementTemplate.Password] = sent.Reveal();
                    foreach (var statement in creation)
                        await connection.ExecuteAsync(statement.Fill(values), token).ConfigureAwait(false);
                    if (await FindAsync(connection, name, token).ConfigureAwait(false) is not { CanLogin: true } role)
                        throw new CredentialException(CredentialFailure.UnexpectedAnswer, $"The creation statements created no role '{name}' that can log in. Add this statement: CREATE ROLE \"{{{{name}}}}\" LOGIN ….");
                    await transaction.CommitAsync(token).ConfigureAwait(false);
                    return new Credential(name, password, null, role.ValidUntil, role.ValidUntil is not null && renewal.Count > 0);
                }
            }
        }
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var name = RoleName.Of(lease);
        return RunAsync($"renewing the login role '{name}'", null, RenewAsync, cancellationToken, MaxAttempts);

        async Task<DateTimeOffset?> RenewAsync(CancellationToken token)
        {
            var connection = await server.OpenAsync(token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var expiration = await ExpirationAsync(connection, token).ConfigureAwait(false);

                    // A revocation has begun if the role can no longer log in.
                    if (await FindAsync(connection, name, token).ConfigureAwait(false) is not { CanLogin: true })
                        throw new CredentialException(CredentialFailure.LeaseEnded, $"The login role '{name}' cannot be renewed because it no longer exists or can no longer log in. Issue new credentials.");
                    var values = Values(lease, name, expiration);
                    foreach (var statement in renewal)
                        await connection.ExecuteAsync(statement.Fill(values), token).ConfigureAwait(false);
                    var role = await FindAsync(connection, name, token).ConfigureAwait(false);
                    await transaction.CommitAsync(token).ConfigureAwait(false);
                    return role?.ValidUntil;
                }
            }
        }
    }

    /// <inheritdoc/>
    public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var name = RoleName.Of(lease);
        return RunAsync($"removing the login role '{name}'", null, RevokeAsync, cancellationToken, MaxAttempts);

        async Task<bool> RevokeAsync(CancellationToken token)
        {
            var values = Values(lease, name, null);
            var statements = revocation.Select(statement => statement.Fill(values)).ToList();
            await new RoleRevocation(server, options.ReassignOwnedTo).RunAsync(name, lease.Role, statements, token).ConfigureAwait(false);
            return true;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListRolesAsync(string mount, CancellationToken cancellationToken)
    {
        return RunAsync("listing the roles", null, ListAsync, cancellationToken);

        async Task<IReadOnlyList<string>> ListAsync(CancellationToken token)
        {
            var connection = await server.OpenAsync(token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                return [.. (await RoleCheck.ListAsync(connection, token).ConfigureAwait(false)).Where(IsAllowed)];
        }
    }

    /// <summary>Closes the connections to the server.</summary>
    public void Dispose() => server.Dispose();

    private static List<StatementTemplate> Parse(IReadOnlyList<string> statements, string option, params string[] placeholders)
    {
        var templates = statements.Where(statement => !string.IsNullOrWhiteSpace(statement)).Select(StatementTemplate.Parse).ToList();
        string[] all = [StatementTemplate.Name, StatementTemplate.Password, StatementTemplate.Expiration, StatementTemplate.Role];
        if (all.Except(placeholders).FirstOrDefault(placeholder => templates.Exists(template => template.Uses(placeholder))) is { } unknown)
            throw new ArgumentException($"{option} has {{{{{unknown}}}}}, which is not available in these statements. Remove this placeholder.");
        return templates;
    }

    private static Dictionary<string, string> Values(LeaseRecord lease, string name, string? expiration)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { [StatementTemplate.Name] = name, [StatementTemplate.Role] = lease.Role };
        if (expiration is not null)
            values[StatementTemplate.Expiration] = expiration;
        return values;
    }

    private static async Task<FoundRole?> FindAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var roles = await connection.ListAsync(
            "SELECT rolcanlogin, nullif(rolvaliduntil, 'infinity') FROM pg_catalog.pg_roles WHERE rolname = $1",
            reader => new FoundRole(reader.GetBoolean(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1)),
            cancellationToken,
            new NpgsqlParameter<string> { TypedValue = name }).ConfigureAwait(false);
        return roles.SingleOrDefault();
    }

    private bool IsAllowed(string role) =>
        options.AllowedRoles.Count == 0 || options.AllowedRoles.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, role, ignoreCase: false));

    /// <summary>Calculates the expiration time of a credential by the clock of the server.</summary>
    private async Task<string> ExpirationAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var expirations = await connection.ListAsync(
            "SELECT pg_catalog.date_trunc('second', pg_catalog.clock_timestamp()) + $1",
            reader => reader.GetFieldValue<DateTimeOffset>(0),
            cancellationToken,
            new NpgsqlParameter<TimeSpan> { TypedValue = options.TimeToLive, NpgsqlDbType = NpgsqlDbType.Interval }).ConfigureAwait(false);
        return expirations.Single().ToString("yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture);
    }

    /// <summary>Runs a call within the time limit, and translates its errors.</summary>
    private async Task<T> RunAsync<T>(string activity, SensitiveString? secret, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken, int maxAttempts = 1)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await call(linked.Token).ConfigureAwait(false);
                }
                catch (PostgresException exception) when (attempt < maxAttempts && RoleRevocation.IsRace(exception))
                {
                    // The next attempt sees the changes of the concurrent call.
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException || PostgreSqlErrors.IsKnown(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw timeout.IsCancellationRequested || exception is OperationCanceledException ? errors.TimedOut(activity) : errors.Explain(activity, exception, secret);
        }
    }

    private sealed record FoundRole(bool CanLogin, DateTimeOffset? ValidUntil);
}
