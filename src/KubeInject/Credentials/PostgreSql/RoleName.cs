using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Annotations;

namespace KubeInject.Credentials.PostgreSql;

/// <summary>Names of roles in PostgreSQL.</summary>
internal static partial class RoleName
{
    // NAMEDATALEN - 1. What is longer PostgreSQL cuts off, and so means another role.
    private const int MaxBytes = 63;
    private const string Prefix = "kubeinject-";
    private const int LongestPart = MaxBytes - 11 - 1 - 32;

    /// <summary>
    /// What the names of leases' login roles match, whichever installation of KubeInject made them; a regular expression for
    /// .NET and for PostgreSQL. Pods cannot name or rename a role, which needs CREATEROLE.
    /// </summary>
    public const string LeasePattern = "^" + Prefix + ".*[0-9a-f]{32}";

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The name of a lease's login role, which nobody else's has: letters, digits, <c>_</c> and single <c>-</c>.</summary>
    public static string Of(Guid uuid, string role)
    {
        var part = Odd().Replace(role, "_");
        return $"{Prefix}{part[..Math.Min(part.Length, LongestPart)]}-{uuid:n}";
    }

    /// <summary>The name of a lease's login role, as it was recorded.</summary>
    /// <exception cref="CredentialException">The record names a role that is not this lease's: it was tampered with.</exception>
    public static string Of(CredentialHandle handle)
    {
        if (handle.Username is not { } name)
            return Of(handle.Uuid, handle.Role);
        if (name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith($"-{handle.Uuid:n}", StringComparison.Ordinal))
            return name;
        throw new CredentialException(
            CredentialFailure.Refused, $"The record of the lease {handle.Uuid} names the user {Redaction.Value(name)}, which KubeInject did not create for this lease, so nothing was changed. Check the record.");
    }

    /// <summary>Whether a role of that name is the login role of a lease, or was made together with one.</summary>
    public static bool IsLease(string name) => Lease().IsMatch(name);

    /// <summary>Whether a role can have that name at all.</summary>
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

    /// <summary>Whether a text can stand anywhere in a statement without ending what it stands in.</summary>
    public static bool IsPlain(string text) => Plain().IsMatch(text);

    /// <summary>The name as an identifier.</summary>
    public static string Quote(string name) => $"\"{Escape(name)}\"";

    /// <summary>The name for a place between double quotes.</summary>
    public static string Escape(string name) => name.Replace("\"", "\"\"", StringComparison.Ordinal);

    [GeneratedRegex(LeasePattern, RegexOptions.Singleline)]
    private static partial Regex Lease();

    [GeneratedRegex("[^A-Za-z0-9_]+")]
    private static partial Regex Odd();

    // Not with $, which lets a line end pass; and no --, which begins a comment.
    [GeneratedRegex(@"\A[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*\z")]
    private static partial Regex Plain();
}
