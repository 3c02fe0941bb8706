using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Annotations;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Creates and checks names of PostgreSQL roles.</summary>
internal static partial class RoleName
{
    // NAMEDATALEN - 1. PostgreSQL truncates longer names, which then refer to a different role.
    private const int MaxBytes = 63;
    private const string Prefix = "kubeinject-";
    private const int MaxRolePartLength = MaxBytes - 11 - 1 - 32;

    /// <summary>
    /// The regular expression, for .NET and PostgreSQL, that matches the names of the login roles of leases of all KubeInject
    /// installations. Pods cannot create or rename a role because that requires CREATEROLE.
    /// </summary>
    public const string LeasePattern = "^" + Prefix + ".*[0-9a-f]{32}";

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Returns the unique name of the login role of a lease, which consists of letters, digits, <c>_</c> and single <c>-</c>.</summary>
    public static string Of(Guid uuid, string role)
    {
        var part = Odd().Replace(role, "_");
        return $"{Prefix}{part[..Math.Min(part.Length, MaxRolePartLength)]}-{uuid:n}";
    }

    /// <summary>Returns the recorded name of the login role of a lease.</summary>
    /// <exception cref="CredentialException">The record was tampered with: it names a role that does not belong to this lease.</exception>
    public static string Of(LeaseRecord lease)
    {
        if (lease.Username is not { } name)
            return Of(lease.Uuid, lease.Role);
        if (name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith($"-{lease.Uuid:n}", StringComparison.Ordinal))
            return name;
        throw new CredentialException(
            CredentialFailure.Refused, $"The record of the lease {lease.Uuid} names the user {Redaction.Value(name)}, which KubeInject did not create for this lease, so nothing was changed. Check the record.");
    }

    /// <summary>Whether a role with that name is the login role of a lease, or was created together with one.</summary>
    public static bool IsLease(string name) => Lease().IsMatch(name);

    /// <summary>Whether PostgreSQL accepts that name for a role.</summary>
    public static bool IsPossible(string name)
    {
        try
        {
            return name.Length > 0 && !name.Contains('\0', StringComparison.Ordinal) && Utf8.GetByteCount(name) <= MaxBytes;
        }
        catch (EncoderFallbackException)
        {
            return false; // half of a surrogate pair
        }
    }

    /// <summary>Whether a text can be inserted anywhere in a statement without ending a literal, comment or function body.</summary>
    public static bool IsPlain(string text) => Plain().IsMatch(text);

    /// <summary>Returns the name as a quoted identifier.</summary>
    public static string Quote(string name) => $"\"{Escape(name)}\"";

    /// <summary>Escapes the name for use within double quotes.</summary>
    public static string Escape(string name) => name.Replace("\"", "\"\"", StringComparison.Ordinal);

    [GeneratedRegex(LeasePattern, RegexOptions.Singleline)]
    private static partial Regex Lease();

    [GeneratedRegex("[^A-Za-z0-9_]+")]
    private static partial Regex Odd();

    // \z instead of $, which matches before a final line break; no --, which begins a comment.
    [GeneratedRegex(@"\A[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*\z")]
    private static partial Regex Plain();
}
