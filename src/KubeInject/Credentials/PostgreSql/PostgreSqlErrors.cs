using System.Net.Sockets;
using System.Security.Authentication;
using KubeInject.Annotations;
using Npgsql;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Translates errors of PostgreSQL into messages of one line, with the server and a remedy. Inner exceptions are omitted because they contain statements.</summary>
/// <param name="connection">The connection settings.</param>
/// <param name="timeout">The time limit of a call.</param>
internal sealed class PostgreSqlErrors(NpgsqlConnectionStringBuilder connection, TimeSpan timeout)
{
    private string Server => $"PostgreSQL at {connection.Host}:{connection.Port}, database '{connection.Database ?? connection.Username}'";

    private string User => $"user '{connection.Username}'";

    public static bool IsKnown(Exception exception) => exception is NpgsqlException or TimeoutException or SocketException or IOException or AuthenticationException;

    /// <summary>Creates the error for a call that exceeded the time limit.</summary>
    /// <param name="activity">The operation: <c>creating the login role x</c>.</param>
    public CredentialException TimedOut(string activity) => new(
        CredentialFailure.Unavailable, FormattableString.Invariant(
            $"{Server}: {activity} took longer than {timeout.TotalSeconds:0.###} s. Check what the server is waiting for (pg_stat_activity, pg_locks), or increase the timeout."));

    /// <summary>Creates the error for a session in which the required settings are not in effect.</summary>
    /// <param name="problem">What the server does: <c>drops the setting x</c>.</param>
    public CredentialException Pooler(string problem) => new(
        CredentialFailure.Refused,
        $"{Server}: the server, which seems to be a connection pooler, {Redaction.OneLine(problem)}. Without these settings, KubeInject could run functions that the owner of a database planted. Connect directly to PostgreSQL, and do not use ignore_startup_parameters, which drops the settings.");

    /// <summary>Creates the error for a call that failed.</summary>
    /// <param name="activity">The operation: <c>creating the login role x</c>.</param>
    /// <param name="exception">The cause.</param>
    /// <param name="secret">The password or verifier that was sent, which is masked in the message; null if none was sent.</param>
    public CredentialException Explain(string activity, Exception exception, SensitiveString? secret = null) => exception switch
    {
        PostgresException error => Explain(activity, error, secret),
        _ when Find<AuthenticationException>(exception) is { } error => new(
            CredentialFailure.Unavailable, $"{Server}: {activity} failed because TLS could not be negotiated: {Redaction.OneLine(error.Message)} Check sslmode and sslrootcert in the connection string."),
        _ when Find<SocketException>(exception) is { } error => new(
            CredentialFailure.Unavailable, $"{Server}: {activity} failed because the server cannot be reached: {Redaction.OneLine(error.Message)}. Check that it is running and that host and port are correct."),
        _ when Find<TimeoutException>(exception) is not null => new(
            CredentialFailure.Unavailable, $"{Server}: {activity} failed because the server did not respond in time. Check that it is running and that host and port are correct."),
        _ when Find<IOException>(exception) is not null => new(
            CredentialFailure.Unavailable, $"{Server}: {activity} failed because the connection was lost. Try again; if the error persists, check the server's log."),
        _ => new(
            CredentialFailure.Unavailable, $"{Server}: {activity} failed because the server refused the connection or no connection was free: {OneLine(exception.Message, secret)}. Check the connection's user, password and TLS settings, and the server's log."),
    };

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private CredentialException Explain(string activity, PostgresException error, SensitiveString? secret) => error.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new(
            CredentialFailure.Refused, $"{Server}: the server refused the login of {User} ({error.SqlState}). Check the connection's user and password, and the server's pg_hba.conf."),
        PostgresErrorCodes.InvalidCatalogName => new(
            CredentialFailure.Refused, $"{Server}: the database does not exist. Specify a database that {User} may connect to."),
        PostgresErrorCodes.InsufficientPrivilege => new(
            CredentialFailure.Refused,
            $"{Server}: {activity} failed because the {User} does not have the privilege: {Reason(error, secret)}. Grant this user CREATEROLE and, in PostgreSQL 16 and later, ADMIN OPTION on the requested role, or connect as another user."),
        PostgresErrorCodes.ReadOnlySqlTransaction => new(
            CredentialFailure.Unavailable, $"{Server}: {activity} failed because the server is read-only ({error.SqlState}). Connect to the primary: target_session_attrs=primary."),

        // The message quotes a part of the statement, which can include the password.
        PostgresErrorCodes.SyntaxError => new(
            CredentialFailure.UnexpectedAnswer, $"{Server}: {activity} failed because of a syntax error at character {error.Position} of a statement ({error.SqlState}). Correct the statement."),
        PostgresErrorCodes.DependentObjectsStillExist => new(
            CredentialFailure.UnexpectedAnswer, $"{Server}: {activity} failed: {Reason(error, secret)}. Reassign or drop the objects that depend on it."),
        ['5', '3' or '7' or '8', ..] or ['0', '8', ..] or ['4', '0', ..] or ['5', '5', ..] => new(
            CredentialFailure.Unavailable, $"{Server}: {activity} failed: {Reason(error, secret)}. Try again later; if the error persists, check the server's log."),
        _ => new(
            CredentialFailure.UnexpectedAnswer, $"{Server}: {activity} failed: {Reason(error, secret)}. Check the statement and the server's log."),
    };

    /// <summary>
    /// Describes an error of the server with its code and details, for example the objects that depend on a role. Pods choose
    /// the names of objects, so they are untrusted.
    /// </summary>
    /// <param name="error">The error.</param>
    /// <param name="secret">The secret to mask; null for none.</param>
    public static string Reason(PostgresException error, SensitiveString? secret = null)
    {
        const int MaxLength = 400;
        var details = OneLine((error.Detail ?? "").Replace("\n", "; ", StringComparison.Ordinal), secret);
        return $"{OneLine(error.MessageText, secret)} ({error.SqlState}){(details.Length == 0 ? "" : $": {(details.Length > MaxLength ? $"{details[..MaxLength]}…" : details)}")}";
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
