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
    private string Server => $"PostgreSQL at {connection.Host}:{connection.Port}, database '{connection.Database ?? connection.Username}'";

    private string User => $"user '{connection.Username}'";

    public static bool IsKnown(Exception exception) => exception is NpgsqlException or TimeoutException or SocketException or IOException or AuthenticationException;

    /// <summary>A call that took too long.</summary>
    public CredentialException Late(string what) => new(
        CredentialFailure.Unavailable, FormattableString.Invariant(
            $"{Server}: {what} took longer than {timeout.TotalSeconds:0.###} s. Check what the server is waiting for (pg_stat_activity, pg_locks), or increase the timeout."));

    /// <summary>A session in which our settings are not in force.</summary>
    /// <param name="what">What the other side does: <c>drops the setting x</c>.</param>
    public CredentialException Pooler(string what) => new(
        CredentialFailure.Refused,
        $"{Server}: the server, which seems to be a connection pooler, {Redaction.OneLine(what)}. Without these settings, KubeInject could run functions that the owner of a database planted. Connect directly to PostgreSQL, and do not use ignore_startup_parameters, which drops the settings.");

    /// <summary>A call that failed.</summary>
    /// <param name="what">What was being done: <c>creating the login role x</c>.</param>
    /// <param name="exception">Why it failed.</param>
    /// <param name="secret">The password that may stand in the server's message; null where none was sent.</param>
    public CredentialException Explain(string what, Exception exception, SensitiveString? secret = null) => exception switch
    {
        PostgresException error => Explain(what, error, secret),
        _ when Find<AuthenticationException>(exception) is { } error => new(
            CredentialFailure.Unavailable, $"{Server}: {what} failed because TLS could not be negotiated: {Redaction.OneLine(error.Message)} Check sslmode and sslrootcert in the connection string."),
        _ when Find<SocketException>(exception) is { } error => new(
            CredentialFailure.Unavailable, $"{Server}: {what} failed because the server cannot be reached: {Redaction.OneLine(error.Message)}. Check that it is running and that host and port are correct."),
        _ when Find<TimeoutException>(exception) is not null => new(
            CredentialFailure.Unavailable, $"{Server}: {what} failed because the server did not respond in time. Check that it is running and that host and port are correct."),
        _ when Find<IOException>(exception) is not null => new(
            CredentialFailure.Unavailable, $"{Server}: {what} failed because the connection was lost. Try again; if the error persists, check the server's log."),
        _ => new(
            CredentialFailure.Unavailable, $"{Server}: {what} failed because the server refused the connection or no connection was free: {OneLine(exception.Message, secret)}. Check the connection's user, password and TLS settings, and the server's log."),
    };

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private CredentialException Explain(string what, PostgresException error, SensitiveString? secret) => error.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new(
            CredentialFailure.Refused, $"{Server}: the server refused the login of {User} ({error.SqlState}). Check the connection's user and password, and the server's pg_hba.conf."),
        PostgresErrorCodes.InvalidCatalogName => new(
            CredentialFailure.Refused, $"{Server}: the database does not exist. Specify a database that {User} may connect to."),
        PostgresErrorCodes.InsufficientPrivilege => new(
            CredentialFailure.Refused,
            $"{Server}: {what} failed because the {User} does not have the privilege: {OneLine(error.MessageText, secret)} ({error.SqlState}). Grant this user CREATEROLE and, in PostgreSQL 16 and later, ADMIN OPTION on the requested role, or connect as another user."),
        PostgresErrorCodes.ReadOnlySqlTransaction => new(
            CredentialFailure.Unavailable, $"{Server}: {what} failed because the server is read-only ({error.SqlState}). Connect to the primary: target_session_attrs=primary."),

        // The message quotes the statement where it went wrong, which may be at the password.
        PostgresErrorCodes.SyntaxError => new(
            CredentialFailure.UnexpectedAnswer, $"{Server}: {what} failed because of a syntax error at character {error.Position} of a statement ({error.SqlState}). Correct the statement."),
        PostgresErrorCodes.DependentObjectsStillExist => new(
            CredentialFailure.UnexpectedAnswer, $"{Server}: {what} failed: {OneLine(error.MessageText, secret)} ({error.SqlState}): {Details(error)}. Reassign or drop the objects that depend on it."),
        ['5', '3' or '7' or '8', ..] or ['0', '8', ..] or ['4', '0', ..] or ['5', '5', ..] => new(
            CredentialFailure.Unavailable, $"{Server}: {what} failed: {OneLine(error.MessageText, secret)} ({error.SqlState}). Try again later; if the error persists, check the server's log."),
        _ => new(
            CredentialFailure.UnexpectedAnswer, $"{Server}: {what} failed: {OneLine(error.MessageText, secret)} ({error.SqlState}). Check the statement and the server's log."),
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
