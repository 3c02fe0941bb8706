using System.Buffers;

namespace KubeInject.Annotations.Dialects;

/// <summary>The place in Vault that a database's credentials are read from: <c>MOUNT/creds/ROLE</c> or <c>MOUNT/static-creds/ROLE</c>.</summary>
/// <param name="Mount">The mount path of the secrets engine.</param>
/// <param name="Role">The role.</param>
/// <param name="IsStatic">Whether it is a role with one user, whose password Vault changes, and no lease.</param>
/// <remarks>Source: Vault's HTTP API of the database secrets engine.</remarks>
internal sealed record CredentialPath(string Mount, string Role, bool IsStatic)
{
    /// <summary>What stands in front of a path in Vault's HTTP API, and never in the path itself.</summary>
    public const string ApiVersion = "v1/";

    // Engines that have creds/ as well, under the mounts that Vault gives them where none is named.
    private static readonly string[] OtherEngines =
    [
        "ad", "alicloud", "aws", "azure", "consul", "gcp", "kubernetes", "ldap", "mongodbatlas", "nomad", "openldap", "rabbitmq", "terraform",
    ];

    private static readonly string[] DatabaseNames = ["database", "postgres", "mysql", "mariadb", "mssql", "mongo", "oracle"];

    // Blanks, and what is of a URI: it may hold a password, and no message shall repeat it as a path.
    private static readonly SearchValues<char> NotOfPaths = SearchValues.Create(" \t\r\n\v\f\u0085\u00A0:@%=?&#,\"'`{}");

    /// <summary>The path as Vault has it.</summary>
    public string Text => $"{Mount}/{(IsStatic ? "static-creds" : "creds")}/{Role}";

    /// <summary>Reads a path; null for what holds no database's credentials.</summary>
    public static CredentialPath? Parse(string path)
    {
        if (Split(path) is not var (mount, kind, role) || kind is not ("creds" or "static-creds") || OtherEngines.Contains(mount))
            return null;
        return new CredentialPath(mount, role, kind == "static-creds");
    }

    /// <summary>The path that a mistaken one most likely stands for; null where it is none, or where there is no telling.</summary>
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

    /// <summary>Whether a path lies in a database secrets engine, by the name of its mount, and holds no credentials.</summary>
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
        if (before <= 0 || trimmed.AsSpan().ContainsAny(NotOfPaths) || trimmed.Any(char.IsControl))
            return null;
        var (mount, kind, role) = (trimmed[..before].Trim('/'), trimmed[(before + 1)..last], trimmed[(last + 1)..]);
        return mount.Length == 0 ? null : (mount, kind, role);
    }
}
