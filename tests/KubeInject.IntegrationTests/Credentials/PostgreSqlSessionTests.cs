using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Leases;
using static KubeInject.IntegrationTests.Credentials.PostgreSqlHandoverTests;
using static KubeInject.IntegrationTests.TestDatabase;

namespace KubeInject.IntegrationTests.Credentials;

/// <summary>The owner of a database cannot change what our statements do, by settings or by objects.</summary>
public sealed class PostgreSqlSessionTests : PostgreSqlTest
{
    /// <summary>Settings that the owner of a database can set for everyone who connects, and their values in our sessions.</summary>
    public static TheoryData<string, string, string> Settings => new()
    {
        { "search_path", "evil, pg_catalog", "pg_catalog, pg_temp" },
        { "role", "evil", "none" },
        { "TimeZone", "<X>167<Y>-167,M1.1.0,M12.1.0", "UTC" },
        { "DateStyle", "SQL, DMY", "ISO, MDY" },
        { "IntervalStyle", "sql_standard", "postgres" },
        { "standard_conforming_strings", "off", "on" },
        { "default_transaction_read_only", "on", "off" },
        { "default_transaction_isolation", "serializable", "read committed" },
        { "default_transaction_deferrable", "on", "off" },
        { "statement_timeout", "1", "0" },
        { "lock_timeout", "1", "0" },
        { "idle_in_transaction_session_timeout", "1", "0" },
        { "idle_session_timeout", "1", "0" },
        { "tcp_user_timeout", "1", "0" },
        { "password_encryption", "md5", "scram-sha-256" },
        { "row_security", "off", "on" },
        { "synchronous_commit", "off", "on" },
        { "exit_on_error", "on", "off" },
        { "local_preload_libraries", "no-such-library", "" },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Objects_that_the_owner_of_a_database_planted_never_run_as_the_administrator(bool isConnectedThere)
    {
        var (role, database) = await WorldAsync();
        var owner = await PlantAsync(role, database);
        var source = Source(Options with { ConnectionString = Connection(database: isConnectedThere ? database : null) });

        var lease = await IssueAsync(source, role);
        var renewed = await source.RenewAsync(lease.Record, CancellationToken.None);
        await PodAsync(lease, database, "CREATE TABLE app.t (x int)");
        await source.RevokeAsync(renewed, CancellationToken.None);

        Assert.Equal(false, await ScalarAsync("SELECT rolsuper FROM pg_roles WHERE rolname = $1", owner));
        Assert.False(await HasRoleAsync(lease.Credential.Username));
        await ExecuteAsync($"ALTER DATABASE {database} RESET ALL");
        Assert.Equal(["table app.t"], await OwnedAsync(role, database));
    }

    [Fact]
    public async Task Planted_objects_do_not_run_when_a_role_cannot_be_removed()
    {
        var (role, database) = await WorldAsync();
        var lease = await IssueAsync(Source(), role);
        await PodAsync(lease, database, "CREATE TABLE app.t (x int)");
        await ExecuteAsync($"REVOKE CREATE ON SCHEMA app FROM {role}", database);
        var owner = await PlantAsync(role, database);

        await FailsAsync(() => Source().RevokeAsync(lease.Record, CancellationToken.None), CredentialFailure.Refused);

        Assert.Equal(false, await ScalarAsync("SELECT rolsuper FROM pg_roles WHERE rolname = $1", owner));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Settings_of_a_database_have_no_effect_on_our_statements(string name, string hostile, string ours)
    {
        var (role, database) = await OwnDatabaseAsync(name, hostile);
        var options = Options with
        {
            ConnectionString = Connection(database: database),
            CreationStatements = [PostgreSqlOptions.DefaultCreationStatement, $"CREATE TABLE public.seen AS SELECT pg_catalog.current_setting('{name}') AS setting"],
            TimeToLive = TimeSpan.FromDays(3),
        };
        var source = Source(options);

        var lease = await IssueAsync(source, role);
        var renewed = await source.RenewAsync(lease.Record, CancellationToken.None);
        await source.RevokeAsync(renewed, CancellationToken.None);

        await ExecuteAsync($"ALTER DATABASE {database} RESET ALL");
        await using var look = await OpenAsync(database: database);
        Assert.Equal(ours, await look.ScalarAsync("SELECT setting FROM public.seen"));
        Assert.False(await HasRoleAsync(lease.Credential.Username));
        Assert.InRange(lease.Record.ExpiresAt!.Value - lease.Record.RecordedAt!.Value, TimeSpan.FromDays(3) - TimeSpan.FromMinutes(1), TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("?options=-c%20search_path%3Devil%20-c%20role%3Devil%20--TimeZone%3DCET")]
    [InlineData("?options=-c%20search_path%3Devil%20-c%20role%3Devil%20-c%20work_mem%3D64kB%5C")]
    public async Task Options_of_the_connection_do_not_override_our_settings(string suffix)
    {
        var (role, database) = await OwnDatabaseAsync("search_path", "evil");

        await SeesOursAsync(Source(Statements(Connection(database: database, suffix: suffix))), role, database);
    }

    [Fact]
    public async Task Keywords_of_the_connection_do_not_override_our_settings()
    {
        var (role, database) = await OwnDatabaseAsync("search_path", "evil");
        var connection = ConnectionText.Parse(Connection(database: database));
        (connection.SearchPath, connection.Timezone, connection.NoResetOnClose, connection.ClientEncoding) = ("evil", "CET", true, "LATIN1");

        await SeesOursAsync(Source(Statements(new SensitiveString(connection.ConnectionString))), role, database);
    }

    [Fact]
    public async Task Other_options_of_the_connection_are_applied()
    {
        var (role, database) = await WorldAsync();
        var options = Statements(Connection(database: database, suffix: "?options=-c%20work_mem%3D128kB")) with
        {
            CreationStatements = [PostgreSqlOptions.DefaultCreationStatement, "CREATE TABLE public.seen AS SELECT pg_catalog.current_setting('work_mem')"],
        };

        await IssueAsync(Source(options), role);

        await using var look = await OpenAsync(database: database);
        Assert.Equal("128kB", await look.ScalarAsync("SELECT * FROM public.seen"));
    }

    [Fact]
    public async Task Prepared_queries_remain_in_a_session_and_settings_of_a_statement_do_not()
    {
        var (role, database) = await WorldAsync();
        var source = Source(Options with
        {
            ConnectionString = Connection(database: database),
            RenewalStatements =
            [
                "CREATE TABLE IF NOT EXISTS public.seen (prepared bigint, zone text)",
                "INSERT INTO public.seen SELECT pg_catalog.count(*), pg_catalog.current_setting('TimeZone') FROM pg_catalog.pg_prepared_statements",
                "SET TimeZone = 'Asia/Tokyo'",
            ],
        });
        var lease = await IssueAsync(source, role);

        for (var i = 0; i < 4; i++)
            await source.RenewAsync(lease.Record, CancellationToken.None);

        await using var look = await OpenAsync(database: database);
        Assert.Equal(true, await look.ScalarAsync("SELECT pg_catalog.max(prepared) > 0 FROM public.seen"));
        Assert.Equal("UTC", await look.ScalarAsync("SELECT pg_catalog.string_agg(DISTINCT zone, ',') FROM public.seen"));
    }

    [Theory]
    [InlineData("unsupported startup parameter: search_path", "08P01")]
    [InlineData("unsupported startup parameter in options: role", "08P01")]
    [InlineData("command-line options are not supported", "0A000")]
    public async Task A_pooler_that_rejects_the_settings_is_an_error_with_a_remedy(string text, string state)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var refusing = RefuseAsync(listener, text, state);
        var source = Source(Options with { ConnectionString = new SensitiveString($"postgresql://me:secret-password@{listener.LocalEndpoint}/orders?sslmode=disable") });

        var message = (await FailsAsync(() => IssueAsync(source, "orders"), CredentialFailure.Refused)).Message;

        Assert.Contains(text, message, StringComparison.Ordinal);
        Assert.Contains("Connect directly to PostgreSQL", message, StringComparison.Ordinal);
        listener.Stop();
        await refusing;
    }

    [Fact]
    public async Task A_pooler_that_drops_the_settings_is_an_error_before_the_first_statement()
    {
        var (role, database) = await WorldAsync();
        var owner = await PlantAsync(role, database);
        using var relay = new ParameterDroppingPooler((Host, Port));
        var superuser = ConnectionText.Parse(Superuser);
        var source = Source(Options with { ConnectionString = new SensitiveString($"postgresql://{superuser.Username}:{superuser.Password}@{relay.Address}/{database}?sslmode=disable") });

        var message = (await FailsAsync(() => IssueAsync(source, role), CredentialFailure.Refused)).Message;

        Assert.Contains("Connect directly to PostgreSQL", message, StringComparison.Ordinal);
        Assert.Equal(false, await ScalarAsync("SELECT rolsuper FROM pg_roles WHERE rolname = $1", owner));
    }

    private static PostgreSqlOptions Statements(SensitiveString connection) => Options with
    {
        ConnectionString = connection,
        CreationStatements =
        [
            PostgreSqlOptions.DefaultCreationStatement,
            "CREATE TABLE public.seen AS SELECT pg_catalog.concat_ws('|', pg_catalog.current_setting('search_path'), pg_catalog.current_setting('role'), pg_catalog.current_setting('TimeZone'), pg_catalog.current_setting('client_encoding'))",
        ],
    };

    private static async Task SeesOursAsync(CredentialSource source, string role, string database)
    {
        await IssueAsync(source, role);
        await using var look = await OpenAsync(database: database);
        Assert.Equal("pg_catalog, pg_temp|none|UTC|UTF8", await look.ScalarAsync("SELECT * FROM public.seen"));
    }

    /// <summary>Creates a database whose owner changes a setting for it.</summary>
    private static async Task<(string Role, string Database)> OwnDatabaseAsync(string name, string value)
    {
        var (role, database) = await WorldAsync();
        var owner = await CreateRoleAsync(options: $"LOGIN PASSWORD '{UserPassword}'");
        await ExecuteAsync($"ALTER DATABASE {database} OWNER TO {owner}; DO $$ BEGIN CREATE ROLE evil; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$; GRANT evil TO {owner}");
        await using var session = await OpenAsync(owner, UserPassword, database);
        await session.ExecuteAsync($"ALTER DATABASE {database} SET {name} = {(name == "search_path" ? value : $"'{value}'")}");
        return (role, database);
    }

    /// <summary>Plants functions, operators and views that make the owner of a database a superuser if one uses them; returns the owner.</summary>
    private static async Task<string> PlantAsync(string role, string database)
    {
        var owner = await CreateRoleAsync(options: $"LOGIN PASSWORD '{UserPassword}'");
        await ExecuteAsync($"ALTER DATABASE {database} OWNER TO {owner}; GRANT {role} TO {owner}");
        await using var session = await OpenAsync(owner, UserPassword, database);
        var attack = $"BEGIN IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user) THEN ALTER ROLE {owner} SUPERUSER; END IF;";
        await session.ExecuteAsync(
            $"""
            CREATE SCHEMA evil;
            GRANT USAGE ON SCHEMA evil TO PUBLIC;
            CREATE FUNCTION evil.attack() RETURNS boolean LANGUAGE plpgsql AS $f${attack} RETURN true; END$f$;
            CREATE FUNCTION evil.current_database() RETURNS name LANGUAGE plpgsql AS $f${attack} RETURN pg_catalog.current_database(); END$f$;
            CREATE FUNCTION evil.pg_is_in_recovery() RETURNS boolean LANGUAGE plpgsql AS $f${attack} RETURN false; END$f$;
            CREATE FUNCTION evil.version() RETURNS text LANGUAGE plpgsql AS $f${attack} RETURN pg_catalog.version(); END$f$;
            CREATE FUNCTION evil.same(name, name) RETURNS boolean LANGUAGE plpgsql AS $f${attack} RETURN $1 OPERATOR(pg_catalog.=) $2; END$f$;
            CREATE FUNCTION evil.same(name, text) RETURNS boolean LANGUAGE plpgsql AS $f${attack} RETURN $1 OPERATOR(pg_catalog.=) $2; END$f$;
            CREATE FUNCTION evil.same(text, text) RETURNS boolean LANGUAGE plpgsql AS $f${attack} RETURN $1 OPERATOR(pg_catalog.=) $2; END$f$;
            CREATE FUNCTION evil.later(timestamptz, interval) RETURNS timestamptz LANGUAGE plpgsql AS $f${attack} RETURN $1 OPERATOR(pg_catalog.+) $2; END$f$;
            CREATE OPERATOR evil.= (FUNCTION = evil.same, LEFTARG = name, RIGHTARG = name);
            CREATE OPERATOR evil.= (FUNCTION = evil.same, LEFTARG = name, RIGHTARG = text);
            CREATE OPERATOR evil.= (FUNCTION = evil.same, LEFTARG = text, RIGHTARG = text);
            CREATE OPERATOR evil.+ (FUNCTION = evil.later, LEFTARG = timestamptz, RIGHTARG = interval);
            CREATE VIEW evil.pg_type AS SELECT * FROM pg_catalog.pg_type WHERE evil.attack();
            CREATE VIEW evil.pg_roles AS SELECT * FROM pg_catalog.pg_roles WHERE evil.attack();
            CREATE VIEW evil.pg_class AS SELECT * FROM pg_catalog.pg_class WHERE evil.attack();
            GRANT SELECT ON ALL TABLES IN SCHEMA evil TO PUBLIC;
            ALTER DATABASE {database} SET search_path = evil, pg_catalog;
            """);
        return owner;
    }

    /// <summary>Refuses each connection like a pooler that does not know a startup parameter.</summary>
    private static async Task RefuseAsync(TcpListener listener, string text, string state)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                await ParameterDroppingPooler.ReadStartupAsync(stream);
                var fields = Encoding.UTF8.GetBytes($"SFATAL\0VFATAL\0C{state}\0M{text}\0\0");
                var header = new byte[5];
                header[0] = (byte)'E';
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), fields.Length + 4);
                await stream.WriteAsync((byte[])[.. header, .. fields]);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    /// <summary>Passes connections on without their startup parameters, as a pooler with <c>ignore_startup_parameters</c> does.</summary>
    private sealed class ParameterDroppingPooler : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly (string Host, int Port) target;

        public ParameterDroppingPooler((string Host, int Port) target)
        {
            this.target = target;
            listener.Start();
            _ = AcceptAsync();
        }

        public EndPoint Address => listener.LocalEndpoint;

        public void Dispose() => listener.Dispose();

        /// <summary>Reads the first message of a client: a length, the protocol's version, and names with their values.</summary>
        public static async Task<List<string>> ReadStartupAsync(NetworkStream stream)
        {
            var length = new byte[4];
            await stream.ReadExactlyAsync(length);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
            await stream.ReadExactlyAsync(body);
            return [.. Encoding.UTF8.GetString(body, 4, body.Length - 6).Split('\0')];
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                    _ = PassAsync(await listener.AcceptTcpClientAsync());
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }

        private async Task PassAsync(TcpClient client)
        {
            using var server = new TcpClient();
            using (client)
            {
                await server.ConnectAsync(target.Host, target.Port);
                var (from, to) = (client.GetStream(), server.GetStream());
                var startup = new MemoryStream();
                startup.Write([0, 0, 0, 0, 0, 3, 0, 0]);
                foreach (var pair in (await ReadStartupAsync(from)).Chunk(2).Where(pair => pair is ["user" or "database" or "client_encoding", _]))
                    startup.Write(Encoding.UTF8.GetBytes($"{pair[0]}\0{pair[1]}\0"));
                startup.WriteByte(0);
                var message = startup.ToArray();
                BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
                await to.WriteAsync(message);
                try
                {
                    await Task.WhenAny(from.CopyToAsync(to), to.CopyToAsync(from));
                }
                catch (IOException)
                {
                    // The connection was closed.
                }
            }
        }
    }
}
