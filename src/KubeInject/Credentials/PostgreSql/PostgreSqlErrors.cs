using System.Net.Sockets;
using System.Security.Authentication;
using KubeInject.Annotations;
using Npgsql;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Says in one line what went wrong with a server, where, and what to do. The causes, which hold statements, are not passed on.</summary>
/// <param name="connection">The connection.</param>
/// <param name="timeout">How long a call may take.</param>
internal sealed class PostgreSqlErrors(NpgsqlConnectionStringBuilder connection, TimeSpan timeout)
{
    private string Place => $"PostgreSQL at {connection.Host}:{connection.Port}, database '{connection.Database ?? connection.Username}'";

    private string User => $"user '{connection.Username}'";

    public static bool IsKnown(Exception exception) => exception is NpgsqlException or TimeoutException or SocketException or IOException or AuthenticationException;

    /// <summary>A call that took too long.</summary>
    public CredentialException Late(string what) => new(
        CredentialFailure.Unavailable, FormattableString.Invariant(
            $"{Place}: {what} took longer than {timeout.TotalSeconds:0.###} s. Look at what the server is waiting for (pg_stat_activity, pg_locks), or give it more time."));

    /// <summary>A session in which our settings are not in force.</summary>
    /// <param name="what">What the other side does: <c>drops the setting x</c>.</param>
    public CredentialException Pooler(string what) => new(
        CredentialFailure.Refused,
        $"{Place}: what answers there {Redaction.OneLine(what)}. It seems to be a connection pooler. Without these settings, KubeInject would run functions that the owner of a database planted. Connect to PostgreSQL itself; do not use ignore_startup_parameters, which drops the settings.");

    /// <summary>A call that failed.</summary>
    /// <param name="what">What was being done: <c>creating the login role x</c>.</param>
    /// <param name="exception">Why it failed.</param>
    /// <param name="secret">The password that may stand in the server's message; null where none was sent.</param>
    public CredentialException Explain(string what, Exception exception, SensitiveString? secret = null) => exception switch
    {
        PostgresException error => Explain(what, error, secret),
        _ when Find<AuthenticationException>(exception) is { } error => new(
            CredentialFailure.Unavailable, $"{Place}: {what} failed, because TLS could not be agreed on: {Redaction.OneLine(error.Message)} Look at sslmode and sslrootcert of the connection."),
        _ when Find<SocketException>(exception) is { } error => new(
            CredentialFailure.Unavailable, $"{Place}: {what} failed, because the server cannot be reached: {Redaction.OneLine(error.Message)}. Look whether it runs and whether host and port are right."),
        _ when Find<TimeoutException>(exception) is not null => new(
            CredentialFailure.Unavailable, $"{Place}: {what} failed, because the server did not answer in time. Look whether it runs and whether host and port are right."),
        _ when Find<IOException>(exception) is not null => new(
            CredentialFailure.Unavailable, $"{Place}: {what} failed, because the connection broke off. Try again; if it stays, look at the server's log."),
        _ => new(
            CredentialFailure.Unavailable, $"{Place}: {what} failed, because the server refused the connection, or none was free: {OneLine(exception.Message, secret)}. Look at the connection's user, password and TLS, and at the server's log."),
    };

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private CredentialException Explain(string what, PostgresException error, SensitiveString? secret) => error.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new(
            CredentialFailure.Refused, $"{Place}: the login of {User} is refused ({error.SqlState}). Check the connection's user and password, and the server's pg_hba.conf."),
        PostgresErrorCodes.InvalidCatalogName => new(
            CredentialFailure.Refused, $"{Place}: there is no such database. Name one that {User} may connect to."),
        PostgresErrorCodes.InsufficientPrivilege => new(
            CredentialFailure.Refused,
            $"{Place}: {User} may not do this: {what}: {OneLine(error.MessageText, secret)} ({error.SqlState}). Give it CREATEROLE and, in PostgreSQL 16 and later, ADMIN OPTION on the role that is asked for; or connect as another."),
        PostgresErrorCodes.ReadOnlySqlTransaction => new(
            CredentialFailure.Unavailable, $"{Place}: {what} failed, because the server is read-only ({error.SqlState}). Connect to the primary: target_session_attrs=primary."),

        // The message quotes the statement where it went wrong, which may be at the password.
        PostgresErrorCodes.SyntaxError => new(
            CredentialFailure.UnexpectedAnswer, $"{Place}: {what} failed, because of a syntax error at character {error.Position} of a statement ({error.SqlState}). Correct the statement."),
        PostgresErrorCodes.DependentObjectsStillExist => new(
            CredentialFailure.UnexpectedAnswer, $"{Place}: {what} failed: {OneLine(error.MessageText, secret)} ({error.SqlState}): {Details(error)}. Hand over, or drop, what keeps it."),
        ['5', '3' or '7' or '8', ..] or ['0', '8', ..] or ['4', '0', ..] or ['5', '5', ..] => new(
            CredentialFailure.Unavailable, $"{Place}: {what} failed: {OneLine(error.MessageText, secret)} ({error.SqlState}). Try again later; if it stays, look at the server's log."),
        _ => new(
            CredentialFailure.UnexpectedAnswer, $"{Place}: {what} failed: {OneLine(error.MessageText, secret)} ({error.SqlState}). Look at the statement, and at the server's log."),
    };

    /// <summary>The objects that keep a role, as the server lists them. Pods chose their names.</summary>
    public static string Details(PostgresException error)
    {
        const int Longest = 400;
        var text = Redaction.OneLine((error.Detail ?? "").Replace("\n", "; ", StringComparison.Ordinal)).TrimEnd('.');
        return text.Length > Longest ? $"{text[..Longest]}…" : text;
    }

    private static string OneLine(string message, SensitiveString? secret)
    {
        var text = Redaction.OneLine(message).TrimEnd('.');
        return secret is null ? text : text.Replace(secret.Reveal(), SensitiveString.Mask, StringComparison.OrdinalIgnoreCase);
    }

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
                return found;
        }

        return null;
    }
}
