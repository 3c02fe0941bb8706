using System.Buffers;

namespace KubeInject.Annotations.Dialects;

/// <summary>The path of database credentials in Vault: <c>MOUNT/creds/ROLE</c> or <c>MOUNT/static-creds/ROLE</c>.</summary>
/// <param name="Mount">The mount path of the secrets engine.</param>
/// <param name="Role">The role.</param>
/// <param name="IsStatic">Whether the role is static: it has one user, whose password Vault rotates, and no leases.</param>
/// <remarks>Source: Vault's HTTP API of the database secrets engine.</remarks>
internal sealed record CredentialPath(string Mount, string Role, bool IsStatic)
{
    /// <summary>The prefix of paths in the HTTP API of Vault, which is not part of a path.</summary>
    public const string ApiVersion = "v1/";

    // The default mounts of other engines that also have the path creds/.
    private static readonly string[] OtherEngines =
    [
        "ad", "alicloud", "aws", "azure", "consul", "gcp", "kubernetes", "ldap", "mongodbatlas", "nomad", "openldap", "rabbitmq", "terraform",
    ];

    private static readonly string[] DatabaseNames = ["database", "postgres", "mysql", "mariadb", "mssql", "mongo", "oracle"];

    // Whitespace and characters of URIs. A URI might contain a password, so messages must not show it as a path.
    private static readonly SearchValues<char> InvalidPathCharacters = SearchValues.Create(" \t\r\n\v\f\u0085\u00A0:@%=?&#,\"'`{}");

    /// <summary>The path in Vault.</summary>
    public string Text => $"{Mount}/{(IsStatic ? "static-creds" : "creds")}/{Role}";

    /// <summary>Parses a path. Returns null if it is not a path of database credentials.</summary>
    public static CredentialPath? Parse(string path)
    {
        if (Split(path) is not var (mount, kind, role) || kind is not ("creds" or "static-creds") || OtherEngines.Contains(mount))
            return null;
        return new CredentialPath(mount, role, kind == "static-creds");
    }

    /// <summary>Returns the probable correction of a wrong path. Null if there is none.</summary>
    public static CredentialPath? Meant(string path)
    {
        if (Split(path) is not var (mount, kind, role) || !LooksLikeDatabase(mount))
            return null;
        return kind switch
        {
            "roles" or "role" or "cred" or "credentials" or "credential" => new CredentialPath(mount, role, false),
            "static-roles" or "static-role" or "static-cred" => new CredentialPath(mount, role, true),
            _ => null,
        };
    }

    /// <summary>Returns whether the name of the mount indicates a database secrets engine, but the path is not a path of credentials.</summary>
    public static bool IsElsewhereInDatabase(string path)
    {
        var trimmed = path.Trim('/');
        var slash = trimmed.IndexOf('/', StringComparison.Ordinal);
        return LooksLikeDatabase(slash < 0 ? trimmed : trimmed[..slash]) && Parse(path) is null;
    }

    private static bool LooksLikeDatabase(string mount) =>
        mount is "db" or "pg" || DatabaseNames.Any(name => mount.StartsWith(name, StringComparison.Ordinal));

    private static (string Mount, string Kind, string Role)? Split(string path)
    {
        var trimmed = path.Trim('/');
        var last = trimmed.LastIndexOf('/');
        var before = last <= 0 ? -1 : trimmed.LastIndexOf('/', last - 1);
        if (before <= 0 || trimmed.AsSpan().ContainsAny(InvalidPathCharacters) || trimmed.Any(char.IsControl))
            return null;
        var (mount, kind, role) = (trimmed[..before].Trim('/'), trimmed[(before + 1)..last], trimmed[(last + 1)..]);
        return mount.Length == 0 ? null : (mount, kind, role);
    }
}
