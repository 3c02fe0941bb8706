using KubeInject.Annotations;
using Npgsql;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>A database in which a login role owns something or has privileges.</summary>
internal sealed class DependentDatabase : IAsyncDisposable
{
    private const int MaxNames = 5;
    private const int MaxNameLength = 80;

    // Shared objects (database 0) can be reassigned and dropped in any database.
    private const string IsInCurrentDatabase = "s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.refobjid = $1 AND s.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))";

    private readonly NpgsqlConnection? connection;
    private readonly bool isShared;
    private readonly LoginRole login;

    private DependentDatabase(string name, NpgsqlConnection? connection, bool isShared, LoginRole login, string? problem, IReadOnlyList<string> owned)
    {
        (Name, this.connection, this.isShared, this.login, Problem, Owned) = (name, connection, isShared, login, problem, owned);
    }

    /// <summary>The name of the database.</summary>
    public string Name { get; }

    /// <summary>Why objects in this database cannot be reassigned; null if they can.</summary>
    public string? Problem { get; }

    /// <summary>The objects that the role owns in this database. Default privileges and user mappings are excluded because they affect only that role.</summary>
    public IReadOnlyList<string> Owned { get; }

    /// <summary>Finds all databases in which a login role owns something or has privileges.</summary>
    /// <param name="server">Opens sessions in the other databases.</param>
    /// <param name="connection">A session of the server. Shared objects are processed in its database.</param>
    /// <param name="login">The login role.</param>
    /// <param name="newOwner">The role that becomes the owner of its objects.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<IReadOnlyList<DependentDatabase>> FindAsync(PostgreSqlServer server, NpgsqlConnection connection, LoginRole login, string newOwner, CancellationToken cancellationToken)
    {
        var names = await connection.ListAsync(
            """
            SELECT DISTINCT coalesce(d.datname, pg_catalog.current_database())::pg_catalog.text
            FROM pg_catalog.pg_shdepend s LEFT JOIN pg_catalog.pg_database d ON d.oid = s.dbid
            WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.refobjid = $1
            ORDER BY 1
            """,
            reader => reader.GetString(0),
            cancellationToken,
            login.Parameter).ConfigureAwait(false);
        var databases = new List<DependentDatabase>();
        try
        {
            foreach (var name in names)
                databases.Add(await OpenAsync(server, connection, name, login, newOwner, cancellationToken).ConfigureAwait(false));
            return databases;
        }
        catch
        {
            foreach (var database in databases)
                await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reassigns and drops everything in a transaction that is rolled back.</summary>
    /// <returns>The error; null on success.</returns>
    public async Task<string?> DryRunReassignAsync(string newOwner, bool isChosen, CancellationToken cancellationToken)
    {
        List<string> left = [];
        try
        {
            await connection!.InTransactionAsync(
                async () =>
                {
                    await ReassignAsync(newOwner, isChosen, cancellationToken).ConfigureAwait(false);
                    await DropAsync(cancellationToken).ConfigureAwait(false);
                    left = await DescribeAsync("s.classid <> 'pg_catalog.pg_auth_members'::pg_catalog.regclass", cancellationToken).ConfigureAwait(false);
                },
                cancellationToken,
                isTrial: true).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (!RoleRevocation.IsRace(exception))
        {
            return $"in the database {Redaction.Value(Name)}: {PostgreSqlErrors.Reason(exception)}";
        }

        return left.Count == 0 ? null : $"in the database {Redaction.Value(Name)}, the user who creates the login roles may not revoke its privileges on {Join(left)}";
    }

    /// <summary>Reassigns the objects of the role.</summary>
    public Task HandOverAsync(string newOwner, bool isChosen, CancellationToken cancellationToken) =>
        connection!.InTransactionAsync(() => ReassignAsync(newOwner, isChosen, cancellationToken), cancellationToken);

    /// <summary>Drops the privileges, default privileges and user mappings of the role.</summary>
    public Task DropOwnedAsync(CancellationToken cancellationToken) => connection!.InTransactionAsync(() => DropAsync(cancellationToken), cancellationToken);

    /// <summary>Describes the objects of the role for an administrator: <c>in the database 'orders': table app.t and 3 more</c>.</summary>
    public override string ToString() => $"in the database {Redaction.Value(Name)}: {(Owned.Count > 0 ? Join(Owned) : connection is null ? "objects or privileges" : "privileges")}";

    public ValueTask DisposeAsync() => connection is null || isShared ? ValueTask.CompletedTask : connection.DisposeAsync();

    private static async Task<DependentDatabase> OpenAsync(PostgreSqlServer server, NpgsqlConnection main, string name, LoginRole login, string newOwner, CancellationToken cancellationToken)
    {
        var isMain = name == main.Database;
        NpgsqlConnection? connection = null;
        try
        {
            connection = isMain ? main : await server.OpenAsync(name, main.PostgreSqlVersion.Major, cancellationToken).ConfigureAwait(false);
            var found = new DependentDatabase(name, connection, isMain, login, null, []);
            var owned = await found.DescribeAsync(
                "s.deptype = 'o' AND s.classid NOT IN ('pg_catalog.pg_default_acl'::pg_catalog.regclass, 'pg_catalog.pg_user_mapping'::pg_catalog.regclass)", cancellationToken).ConfigureAwait(false);
            var closed = await found.ClosedSchemasAsync(newOwner, cancellationToken).ConfigureAwait(false);
            var problem = closed.Count == 0 ? null : $"the role {Redaction.Value(newOwner)} may not create objects in the schema {Join(closed)} of the database {Redaction.Value(name)}";
            return new DependentDatabase(name, connection, isMain, login, problem, owned);
        }
        catch (PostgresException exception) when (connection is null && (!exception.IsTransient || exception.SqlState == PostgresErrorCodes.ObjectNotInPrerequisiteState))
        {
            return new DependentDatabase(name, null, isMain, login, $"the connection to the database {Redaction.Value(name)} failed: {Redaction.OneLine(exception.MessageText)} ({exception.SqlState})", []);
        }
        catch
        {
            if (!isMain && connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string Join(IReadOnlyList<string> names)
    {
        var first = names.Take(MaxNames).Select(name => name.Length > MaxNameLength ? $"{name[..MaxNameLength]}…" : name);
        return $"{string.Join(", ", first)}{(names.Count > MaxNames ? $" and {names.Count - MaxNames} more" : "")}";
    }

    /// <summary>Lists the objects in the database that depend on the role. Pods choose their names, so they are untrusted.</summary>
    private async Task<List<string>> DescribeAsync(string condition, CancellationToken cancellationToken) => await connection!.ListAsync(
        $"SELECT DISTINCT coalesce(o.type || ' ' || o.identity, '?') FROM pg_catalog.pg_shdepend s CROSS JOIN LATERAL pg_catalog.pg_identify_object(s.classid, s.objid, 0) o WHERE {IsInCurrentDatabase} AND {condition} ORDER BY 1",
        reader => Redaction.OneLine(reader.GetString(0)),
        cancellationToken,
        login.Parameter).ConfigureAwait(false);

    /// <summary>
    /// Finds schemas of other owners in which the role owns objects and the new owner may not create objects. PostgreSQL checks this
    /// permission when the owner of a function changes, but not for a table or a type.
    /// </summary>
    private async Task<List<string>> ClosedSchemasAsync(string newOwner, CancellationToken cancellationToken) => await connection!.ListAsync(
        $"""
        SELECT DISTINCT o.schema
        FROM pg_catalog.pg_shdepend s CROSS JOIN LATERAL pg_catalog.pg_identify_object(s.classid, s.objid, 0) o JOIN pg_catalog.pg_roles h ON h.rolname = $2
        JOIN pg_catalog.pg_namespace n ON n.oid = pg_catalog.to_regnamespace(o.schema) AND n.nspowner <> $1
        WHERE {IsInCurrentDatabase} AND s.deptype = 'o' AND NOT pg_catalog.has_schema_privilege(h.oid, n.oid, 'CREATE')
        ORDER BY 1
        """,
        reader => Redaction.OneLine(reader.GetString(0)),
        cancellationToken,
        login.Parameter,
        new NpgsqlParameter<string> { TypedValue = newOwner }).ConfigureAwait(false);

    /// <summary>Reassigns objects with the privileges of the login role, so that PostgreSQL permits only what the pod could do itself.</summary>
    private async Task ReassignAsync(string newOwner, bool isChosen, CancellationToken cancellationToken)
    {
        await login.JoinAsync(connection!, inherits: true, cancellationToken).ConfigureAwait(false);
        if (Owned.Count == 0)
            return;
        if (isChosen)
            await login.GrantAsync(connection!, newOwner, cancellationToken).ConfigureAwait(false);
        await connection!.ExecuteAsync($"SET LOCAL ROLE {login.Identifier}", cancellationToken).ConfigureAwait(false);
        await connection!.ExecuteAsync($"REASSIGN OWNED BY {login.Identifier} TO {RoleName.Quote(newOwner)}", cancellationToken).ConfigureAwait(false);
        await connection!.ExecuteAsync("SET LOCAL ROLE NONE", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops with the privileges of the connecting user, who can revoke privileges that the login role cannot revoke itself.</summary>
    private async Task DropAsync(CancellationToken cancellationToken)
    {
        await login.JoinAsync(connection!, inherits: true, cancellationToken).ConfigureAwait(false);
        await connection!.ExecuteAsync($"DROP OWNED BY {login.Identifier}", cancellationToken).ConfigureAwait(false);
    }
}
