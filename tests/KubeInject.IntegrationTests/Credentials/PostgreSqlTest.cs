using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Credentials;

/// <summary>Shared parts of the tests of the PostgreSQL source.</summary>
public abstract class PostgreSqlTest : IDisposable
{
    internal const string UserPassword = "user-password";

    private readonly List<PostgreSqlIssuer> issuers = [];

    internal MemoryLeaseStore Leases { get; } = new();

    public void Dispose()
    {
        issuers.ForEach(issuer => issuer.Dispose());
        GC.SuppressFinalize(this);
    }

    internal static PostgreSqlOptions Options => new() { ConnectionString = TestDatabase.Superuser };

    internal static CredentialRequest Request(string role) =>
        new(Guid.NewGuid(), "orders", role, "databases", new ObjectReference("Deployment", "shop", "orders"), "orders");

    internal PostgreSqlIssuer Issuer(PostgreSqlOptions? options = null)
    {
        issuers.Add(new PostgreSqlIssuer(options ?? Options));
        return issuers[^1];
    }

    internal CredentialSource Source(PostgreSqlOptions? options = null) => new(Issuer(options), Leases);

    /// <summary>The connection string of a user other than the superuser, or for another database.</summary>
    internal static SensitiveString Connection(string? user = null, string? database = null, string suffix = "")
    {
        var superuser = ConnectionText.Parse(TestDatabase.Superuser);
        return new SensitiveString($"postgresql://{user ?? superuser.Username}:{(user is null ? superuser.Password : UserPassword)}@{superuser.Host}:{superuser.Port}/{database ?? "postgres"}{suffix}");
    }

    /// <summary>Creates an administrator without superuser rights who may grant a role.</summary>
    internal static async Task<string> CreateAdministratorAsync(string role)
    {
        var name = await TestDatabase.CreateRoleAsync(options: $"LOGIN CREATEROLE PASSWORD '{UserPassword}'");
        await TestDatabase.ExecuteAsync($"GRANT {role} TO {name} WITH ADMIN OPTION");
        return name;
    }

    internal static Task<IssuedLease> IssueAsync(CredentialSource source, string role) => source.IssueAsync(Request(role), CancellationToken.None);

    internal static async Task<CredentialException> FailsAsync(Func<Task> call, CredentialFailure reason)
    {
        var exception = await Assert.ThrowsAsync<CredentialException>(call);
        Assert.Equal(reason, exception.Reason);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.DoesNotContain(ConnectionText.Parse(TestDatabase.Superuser).Password!, exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("SCRAM-SHA-256$", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotMatch("[A-Za-z0-9]{40}", exception.ToString());
        return exception;
    }
}
