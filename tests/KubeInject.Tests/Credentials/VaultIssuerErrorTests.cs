using System.Text.Json;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Kubernetes.Objects;
using KubeInject.Tests.Kubernetes;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Credentials;

/// <summary>Errors of Vault about a role that does not exist.</summary>
public sealed class VaultIssuerErrorTests
{
    private static readonly LeaseRecord Lease = new()
    {
        Uuid = Guid.NewGuid(),
        Source = "vault",
        Database = "orders",
        Mount = "databases",
        Role = "orders-rw",
        Owner = new ObjectReference("Pod", "shop", "orders"),
        ServiceAccountName = "orders",
        RecordedAt = DateTimeOffset.UnixEpoch,
        Token = new SensitiveString("s.canaryOfTheLease0123456789"),
        LeaseId = "databases/creds/orders-rw/abc",
    };

    [Theory]
    [InlineData(true, "The role 'orders-rw' of the database secrets engine 'databases' is a static role")]
    [InlineData(false, "The database secrets engine 'databases' has no role 'orders-rw'. Create it,")]
    public async Task A_static_role_is_distinguished_from_a_missing_role(bool isStatic, string message)
    {
        var error = await FailsAsync(
            request => request.Path == "/v1/databases/creds/orders-rw" ? VaultError(400, "unknown role: orders-rw")
                : isStatic && request.Path == "/v1/databases/static-roles/orders-rw" ? Response.Json("""{"data":{"username":"app"}}""")
                : VaultError(404),
            issuer => issuer.IssueAsync(Lease, CancellationToken.None));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_whose_role_was_deleted_is_named_with_a_remedy()
    {
        var error = await FailsAsync(
            _ => VaultError(400, "failed to revoke entry: resp: (*logical.Response)(nil) err: could not find role with name \"orders-rw\""),
            issuer => issuer.RevokeAsync(Lease, CancellationToken.None));

        Assert.StartsWith("Vault cannot revoke the lease databases/creds/orders-rw/abc because its role was deleted. Create the role again", error.Message, StringComparison.Ordinal);
        Assert.Contains("could not find role with name", error.Message, StringComparison.Ordinal);
    }

    private static Response VaultError(int status, params string[] errors) => new(status, "application/json", JsonSerializer.Serialize(new { errors }));

    private static async Task<CredentialException> FailsAsync(Func<Request, Response> answer, Func<VaultIssuer, Task> call)
    {
        using var server = new TestServer(answer);
        using var client = new VaultClient(new VaultSettings { Address = server.Http }, VaultLogin.Token(new SensitiveString("s.canaryOfTheToken0123456789")));
        var error = await Assert.ThrowsAsync<CredentialException>(() => call(new VaultIssuer(client)));
        Assert.Equal(CredentialFailure.Refused, error.Reason);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
        return error;
    }
}
