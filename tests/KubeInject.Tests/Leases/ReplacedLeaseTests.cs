using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.Tests.Leases;

/// <summary>A rollback does not touch the lease that another process has recorded under the same UUID in the meantime.</summary>
public sealed class ReplacedLeaseTests
{
    private readonly MemoryLeaseStore leases = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rollback_removes_only_its_own_record(bool isReplaced)
    {
        var request = new CredentialRequest(Guid.NewGuid(), "orders", "rw", "databases", new ObjectReference("Pod", "shop", "orders"), "default");
        var revoked = new List<DateTimeOffset?>();
        var issuer = new DelegateCredentialIssuer("test", Fail, (record, _) =>
        {
            revoked.Add(record.RecordedAt);
            return Task.CompletedTask;
        });

        await Assert.ThrowsAsync<CredentialException>(() => new CredentialSource(issuer, leases).IssueAsync(request, CancellationToken.None));

        Assert.Equal(isReplaced, leases.Records.ContainsKey(request.Uuid));
        Assert.NotEqual(DateTimeOffset.UnixEpoch, Assert.Single(revoked));

        Task<Credential> Fail(LeaseRecord record, CancellationToken cancellationToken)
        {
            if (isReplaced)
                leases.Records[record.Uuid] = record with { RecordedAt = DateTimeOffset.UnixEpoch };
            throw new CredentialException(CredentialFailure.Unavailable, "The source cannot be reached.");
        }
    }
}
