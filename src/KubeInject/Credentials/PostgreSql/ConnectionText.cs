using System.Globalization;
using Npgsql;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Parses a connection string: Npgsql keywords, or a URI as libpq defines it.</summary>
internal static class ConnectionText
{
    // https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
    private static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["host"] = "Host",
        ["port"] = "Port",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["password"] = "Password",
        ["passfile"] = "Passfile",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["options"] = "Options",
        ["sslmode"] = "SSL Mode",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["sslrootcert"] = "Root Certificate",
        ["target_session_attrs"] = "Target Session Attributes",
    };

    /// <summary>Parses a connection string. Errors do not quote it because it can contain a password.</summary>
    /// <exception cref="ArgumentException">The connection string is invalid.</exception>
    public static NpgsqlConnectionStringBuilder Parse(SensitiveString connection)
    {
        var text = connection.Reveal().Trim();
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var builder = scheme < 0 ? FromKeywords(text)
            : text[..scheme] is "postgresql" or "postgres" ? FromUri(text[(scheme + 3)..])
            : throw new ArgumentException("The PostgreSQL connection string is a URI with an unknown scheme. Specify a URI that begins with postgresql:// or postgres://, or keywords such as Host=…;Username=….");
        if (string.IsNullOrEmpty(builder.Host))
            throw new ArgumentException("The PostgreSQL connection string has no host. Specify postgresql://user:password@host:5432/database, or Host=….");
        builder.ApplicationName ??= "kubeinject";
        return builder;
    }

    private static NpgsqlConnectionStringBuilder FromKeywords(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // Without an inner exception, which might quote a value.
            throw new ArgumentException("The PostgreSQL connection string cannot be parsed. Specify postgresql://user:password@host:5432/database, or Npgsql keywords: Host=…;Port=…;Username=…;Password=…;Database=….");
        }
    }

    private static NpgsqlConnectionStringBuilder FromUri(string text)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        var query = text.IndexOf('?', StringComparison.Ordinal);
        foreach (var pair in query < 0 ? [] : text[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            Set(builder, Decode(parts[0]), parts.Length == 2 ? Decode(parts[1]) : "");
        }

        text = query < 0 ? text : text[..query];
        var path = text.IndexOf('/', StringComparison.Ordinal);
        if (path >= 0 && path + 1 < text.Length)
            Set(builder, "dbname", Decode(text[(path + 1)..]));
        text = path < 0 ? text : text[..path];
        var at = text.LastIndexOf('@');
        if (at >= 0)
        {
            var user = text[..at].Split(':', 2);
            if (user[0].Length > 0)
                Set(builder, "user", Decode(user[0]));
            if (user.Length == 2)
                Set(builder, "password", Decode(user[1]));
        }

        SetHosts(builder, text[(at + 1)..]);
        return builder;
    }

    /// <summary>Sets one host with an optional port, or a comma-separated list of hosts, which Npgsql parses itself.</summary>
    private static void SetHosts(NpgsqlConnectionStringBuilder builder, string hosts)
    {
        if (hosts.Length == 0)
            return;
        var colon = hosts.LastIndexOf(':');
        if (hosts.Contains(',', StringComparison.Ordinal) || colon < 0 || hosts.EndsWith(']'))
        {
            Set(builder, "host", Decode(hosts));
            return;
        }

        Set(builder, "host", Decode(hosts[..colon]));
        if (colon + 1 < hosts.Length)
            Set(builder, "port", hosts[(colon + 1)..]);
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string keyword, string value)
    {
        if (!Keywords.TryGetValue(keyword, out var name))
            throw new ArgumentException($"The PostgreSQL connection string has an unsupported parameter. Use only these parameters: {string.Join(", ", Keywords.Keys)}.");
        try
        {
            builder[name] = keyword switch
            {
                "sslmode" or "target_session_attrs" => value.Replace("verify-", "Verify", StringComparison.OrdinalIgnoreCase),
                "port" or "connect_timeout" => int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture),
                _ => value,
            };
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new ArgumentException($"The PostgreSQL connection string has an invalid value for {keyword}.");
        }
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);
}
