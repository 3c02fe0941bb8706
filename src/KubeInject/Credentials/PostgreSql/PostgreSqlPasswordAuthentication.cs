namespace KubeInject.Credentials.PostgreSql;

/// <summary>The value of <c>{{password}}</c> in creation statements. The names are the same as in Vault.</summary>
/// <remarks>https://developer.hashicorp.com/vault/api-docs/secret/databases/postgresql, <c>password_authentication</c>.</remarks>
public enum PostgreSqlPasswordAuthentication
{
    /// <summary>
    /// The SCRAM-SHA-256 verifier of the password, which PostgreSQL 10 and later store unchanged. The password is not sent to
    /// the server and does not appear in its logs.
    /// </summary>
    ScramSha256,

    /// <summary>The password in plain text, for statements and servers that do not support verifiers.</summary>
    Password,
}
