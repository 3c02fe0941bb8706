using KubeInject.Annotations;
using Npgsql;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>A database in which a login role owns something or has privileges.</summary>
internal sealed class DependentDatabase : IAsyncDisposable
{
    private const int MostNames = 5;
    private const int LongestName = 80;

    // Objects that belong to no database (0) can be handed over, and dropped, in any.
    private const string Here = "s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.refobjid = $1 AND s.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))";

    private readonly NpgsqlConnection? connection;
    private readonly bool isShared;
    private readonly LoginRole login;

    private DependentDatabase(string name, NpgsqlConnection? connection, bool isShared, LoginRole login, string? problem, IReadOnlyList<string> owned)
    {
        (Name, this.connection, this.isShared, this.login, Problem, Owned) = (name, connection, isShared, login, problem, owned);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Why nothing can be handed over there; null if there is no reason.</summary>
    public string? Problem { get; }

    /// <summary>What the role owns there, without its default privileges and user mappings, which are of use to that role alone.</summary>
    public IReadOnlyList<string> Owned { get; }

    /// <summary>Finds all of them.</summary>
    /// <param name="server">The server.</param>
    /// <param name="connection">A session of it; objects that belong to no database are handled in its database.</param>
    /// <param name="login">The login role.</param>
    /// <param name="heir">The role that is to get what it owns.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<IReadOnlyList<DependentDatabase>> FindAsync(PostgreSqlServer server, NpgsqlConnection connection, LoginRole login, string heir, CancellationToken cancellationToken)
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
                databases.Add(await OpenAsync(server, connection, name, login, heir, cancellationToken).ConfigureAwait(false));
            return databases;
        }
        catch
        {
            foreach (var database in databases)
                await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Hands over and drops everything in a transaction that is rolled back.</summary>
    /// <returns>Why that fails; null if it succeeds.</returns>
    public async Task<string?> DryRunReassignAsync(string heir, bool isChosen, CancellationToken cancellationToken)
    {
        List<string> left = [];
        try
        {
            await connection!.InTransactionAsync(
                async () =>
                {
                    await ReassignAsync(heir, isChosen, cancellationToken).ConfigureAwait(false);
                    await DropAsync(cancellationToken).ConfigureAwait(false);
                    left = await DescribeAsync("s.classid <> 'pg_catalog.pg_auth_members'::pg_catalog.regclass", cancellationToken).ConfigureAwait(false);
                },
                cancellationToken,
                isTrial: true).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (!RoleRevocation.IsRace(exception))
        {
            return $"in the database {Redaction.Value(Name)}: {Redaction.OneLine(exception.MessageText)} ({exception.SqlState})";
        }

        return left.Count == 0 ? null : $"in the database {Redaction.Value(Name)}, the user who creates the login roles may not revoke its privileges on {Join(left)}";
    }

    /// <summary>Hands over what the role owns.</summary>
    public Task HandOverAsync(string heir, bool isChosen, CancellationToken cancellationToken) =>
        connection!.InTransactionAsync(() => ReassignAsync(heir, isChosen, cancellationToken), cancellationToken);

    /// <summary>Drops its privileges, default privileges and user mappings.</summary>
    public Task DropOwnedAsync(CancellationToken cancellationToken) => connection!.InTransactionAsync(() => DropAsync(cancellationToken), cancellationToken);

    /// <summary>What the role owns there, for an administrator: <c>in 'orders': table app.t and 3 more</c>.</summary>
    public override string ToString() => $"in the database {Redaction.Value(Name)}: {(Owned.Count > 0 ? Join(Owned) : connection is null ? "objects or privileges" : "privileges")}";

    public ValueTask DisposeAsync() => connection is null || isShared ? ValueTask.CompletedTask : connection.DisposeAsync();

    private static async Task<DependentDatabase> OpenAsync(PostgreSqlServer server, NpgsqlConnection main, string name, LoginRole login, string heir, CancellationToken cancellationToken)
    {
        var isMain = name == main.Database;
        NpgsqlConnection? connection = null;
        try
        {
            connection = isMain ? main : await server.OpenAsync(name, main.PostgreSqlVersion.Major, cancellationToken).ConfigureAwait(false);
            var found = new DependentDatabase(name, connection, isMain, login, null, []);
            var owned = await found.DescribeAsync(
                "s.deptype = 'o' AND s.classid NOT IN ('pg_catalog.pg_default_acl'::pg_catalog.regclass, 'pg_catalog.pg_user_mapping'::pg_catalog.regclass)", cancellationToken).ConfigureAwait(false);
            var closed = await found.ClosedSchemasAsync(heir, cancellationToken).ConfigureAwait(false);
            var problem = closed.Count == 0 ? null : $"the role {Redaction.Value(heir)} may not create objects in the schema {Join(closed)} of the database {Redaction.Value(name)}";
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
        var first = names.Take(MostNames).Select(name => name.Length > LongestName ? $"{name[..LongestName]}…" : name);
        return $"{string.Join(", ", first)}{(names.Count > MostNames ? $" and {names.Count - MostNames} more" : "")}";
    }

    /// <summary>The objects there that depend on the role. Pods chose their names.</summary>
    private async Task<List<string>> DescribeAsync(string which, CancellationToken cancellationToken) => await connection!.ListAsync(
        $"SELECT DISTINCT coalesce(o.type || ' ' || o.identity, '?') FROM pg_catalog.pg_shdepend s CROSS JOIN LATERAL pg_catalog.pg_identify_object(s.classid, s.objid, 0) o WHERE {Here} AND {which} ORDER BY 1",
        reader => Redaction.OneLine(reader.GetString(0)),
        cancellationToken,
        login.Parameter).ConfigureAwait(false);

    /// <summary>
    /// The schemas of others in which it owns something and the heir may not create. PostgreSQL checks that for a function whose owner
    /// changes, and not for a table or a type.
    /// </summary>
    private async Task<List<string>> ClosedSchemasAsync(string heir, CancellationToken cancellationToken) => await connection!.ListAsync(
        $"""
        SELECT DISTINCT o.schema
        FROM pg_catalog.pg_shdepend s CROSS JOIN LATERAL pg_catalog.pg_identify_object(s.classid, s.objid, 0) o JOIN pg_catalog.pg_roles h ON h.rolname = $2
        JOIN pg_catalog.pg_namespace n ON n.oid = pg_catalog.to_regnamespace(o.schema) AND n.nspowner <> $1
        WHERE {Here} AND s.deptype = 'o' AND NOT pg_catalog.has_schema_privilege(h.oid, n.oid, 'CREATE')
        ORDER BY 1
        """,
        reader => Redaction.OneLine(reader.GetString(0)),
        cancellationToken,
        login.Parameter,
        new NpgsqlParameter<string> { TypedValue = heir }).ConfigureAwait(false);

    /// <summary>Hands over as the login role itself, so that PostgreSQL allows no more than the pod could have done.</summary>
    private async Task ReassignAsync(string heir, bool isChosen, CancellationToken cancellationToken)
    {
        await login.JoinAsync(connection!, inherits: true, cancellationToken).ConfigureAwait(false);
        if (Owned.Count == 0)
            return;
        if (isChosen)
            await login.GrantAsync(connection!, heir, cancellationToken).ConfigureAwait(false);
        await connection!.ExecuteAsync($"SET LOCAL ROLE {login.Identifier}", cancellationToken).ConfigureAwait(false);
        await connection!.ExecuteAsync($"REASSIGN OWNED BY {login.Identifier} TO {RoleName.Quote(heir)}", cancellationToken).ConfigureAwait(false);
        await connection!.ExecuteAsync("SET LOCAL ROLE NONE", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops with the rights of the user who makes the login roles, who may revoke privileges that the login role may not revoke itself.</summary>
    private async Task DropAsync(CancellationToken cancellationToken)
    {
        await login.JoinAsync(connection!, inherits: true, cancellationToken).ConfigureAwait(false);
        await connection!.ExecuteAsync($"DROP OWNED BY {login.Identifier}", cancellationToken).ConfigureAwait(false);
    }
}
