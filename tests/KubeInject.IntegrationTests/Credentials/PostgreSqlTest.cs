using KubeInject.Credentials;
using KubeInject.Kubernetes;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Credentials;

/// <summary>What the tests of the PostgreSQL source share.</summary>
public abstract class PostgreSqlTest : IDisposable
{
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
