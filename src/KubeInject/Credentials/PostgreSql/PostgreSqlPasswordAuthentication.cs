namespace KubeInject.Credentials.PostgreSql;

/// <summary>What stands for <c>{{password}}</c> in the statements that create a role. The names are Vault's.</summary>
/// <remarks>https://developer.hashicorp.com/vault/api-docs/secret/databases/postgresql, <c>password_authentication</c>.</remarks>
public enum PostgreSqlPasswordAuthentication
{
    /// <summary>
    /// The password's SCRAM-SHA-256 verifier, which PostgreSQL 10 and later store as it is: the password itself never
    /// reaches the server, nor its logs.
    /// </summary>
    ScramSha256,

    /// <summary>The password itself, for statements that need it, and for servers that take no verifier.</summary>
    Password,
}
