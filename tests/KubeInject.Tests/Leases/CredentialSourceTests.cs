using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.Tests.Leases;

/// <summary>Every valid credential has a record at any time.</summary>
public sealed class CredentialSourceTests
{
    private static readonly CredentialRequest Request =
        new(Guid.NewGuid(), "orders", "orders-rw", "databases", new ObjectReference("Deployment", "shop", "orders"), "orders");

    private readonly MemoryLeaseStore leases = new();

    [Fact]
    public async Task A_record_exists_before_the_credential()
    {
        bool? wasCompleteWhenIssuing = null;
        var issuer = new RecordingIssuer(request =>
        {
            wasCompleteWhenIssuing = leases.Records[request.Uuid].IsComplete;
            return new Credential("user", new SensitiveString("password"), "lease/1");
        });

        await new CredentialSource(issuer, leases).IssueAsync(Request, CancellationToken.None);

        Assert.False(wasCompleteWhenIssuing);
        var record = Assert.Single(leases.Records).Value;
        Assert.Equal((true, "user", "lease/1"), (record.IsComplete, record.Username, record.LeaseId));
    }

    [Fact]
    public async Task If_the_record_cannot_be_written_nothing_is_issued()
    {
        var issuer = new RecordingIssuer();
        var source = new CredentialSource(issuer, new FailingLeaseStore(leases, failAt: 1));

        await Assert.ThrowsAsync<IOException>(() => source.IssueAsync(Request, CancellationToken.None));

        Assert.Empty(issuer.Issued);
    }

    [Fact]
    public async Task A_credential_whose_record_cannot_be_completed_is_revoked()
    {
        var issuer = new RecordingIssuer();
        var source = new CredentialSource(issuer, new FailingLeaseStore(leases, failAt: 2));

        await Assert.ThrowsAsync<IOException>(() => source.IssueAsync(Request, CancellationToken.None));

        Assert.Single(issuer.Issued);
        Assert.Empty(issuer.Live);
        Assert.Empty(leases.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_lease_of_a_credential_that_is_disabled_but_not_removed_has_expired(bool isDisabled)
    {
        var failure = new CredentialException(CredentialFailure.Refused, "no") { IsDisabled = isDisabled };
        var source = new CredentialSource(new RecordingIssuer(revocationFailure: failure), leases);
        var lease = await source.IssueAsync(Request, CancellationToken.None);

        Assert.Same(failure, await Assert.ThrowsAsync<CredentialException>(() => source.RevokeAsync(lease.Record, CancellationToken.None)));

        var state = LeaseInventory.StateAt(Assert.Single(leases.Records).Value, isAbandoned: false, source.Time.GetUtcNow());
        Assert.Equal(isDisabled ? LeaseState.Expired : LeaseState.Active, state);
    }

    [Fact]
    public async Task After_a_failed_attempt_the_credential_is_revoked_and_its_record_removed()
    {
        var issuer = new RecordingIssuer(_ => throw new InvalidOperationException("no"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => new CredentialSource(issuer, leases).IssueAsync(Request, CancellationToken.None));

        Assert.Empty(leases.Records);
    }

    [Fact]
    public async Task If_revoking_fails_the_record_is_kept()
    {
        var source = new CredentialSource(new FailingIssuer(), leases);
        var lease = await source.IssueAsync(Request, CancellationToken.None);

        await Assert.ThrowsAsync<HttpRequestException>(() => source.RevokeAsync(lease.Record, CancellationToken.None));

        Assert.Single(leases.Records);
    }

    [Theory]
    [InlineData("postgresql", "db:5432")]
    [InlineData("postgresql", null)]
    [InlineData("vault", null)]
    public async Task Leases_of_another_source_in_the_same_store_are_neither_listed_nor_removed(string name, string? place)
    {
        var other = await new CredentialSource(new NamedIssuer(name, place), leases).IssueAsync(Request, CancellationToken.None);
        var source = new CredentialSource(new NamedIssuer("postgresql", "standby:5432"), leases);

        Assert.Empty(await new LeaseInventory(source, null).ListAsync(CancellationToken.None));
        var exception = await Assert.ThrowsAsync<CredentialException>(() => source.RevokeAsync(other.Record, CancellationToken.None));
        await Assert.ThrowsAsync<CredentialException>(() => source.RenewAsync(other.Record, CancellationToken.None));

        Assert.EndsWith(", not to 'postgresql' at standby:5432. Use that source.", exception.Message, StringComparison.Ordinal);
        Assert.Single(leases.Records);
    }

    [Fact]
    public async Task The_local_source_keeps_records_without_passwords_in_files_that_only_the_owner_can_read()
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("kubeinject-test-").FullName, "leases");
        try
        {
            var lease = await CredentialSource.CreateLocal(folder).IssueAsync(Request, CancellationToken.None);

            var file = Assert.Single(Directory.GetFiles(folder));
            Assert.Equal($"{Request.Uuid}.json", Path.GetFileName(file));
            Assert.DoesNotContain(lease.Credential.Password.Reveal(), await File.ReadAllTextAsync(file), StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            var record = Assert.Single(await new FileLeaseStore(folder).ListAsync(CancellationToken.None));
            Assert.Equal(lease.Record with { OtherFields = record.OtherFields }, record);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
        }
    }

    private sealed class FailingLeaseStore(ILeaseStore store, int failAt) : ILeaseStore
    {
        private int writes;

        public Task WriteAsync(LeaseRecord record, CancellationToken cancellationToken) =>
            ++writes == failAt ? throw new IOException("No space left.") : store.WriteAsync(record, cancellationToken);

        public Task RemoveAsync(Guid uuid, CancellationToken cancellationToken) => store.RemoveAsync(uuid, cancellationToken);

        public Task<LeaseRecord?> FindAsync(Guid uuid, CancellationToken cancellationToken) => store.FindAsync(uuid, cancellationToken);

        public Task<LeaseRecordList> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);
    }

    private sealed class NamedIssuer(string name, string? place) : ICredentialIssuer
    {
        public string Name => name;

        public string? ServerName => place;

        public string? Notice => null;

        public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
            Task.FromResult(lease);

        public Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
            Task.FromResult(new Credential("user", new SensitiveString("password")));

        public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

        public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class FailingIssuer : ICredentialIssuer
    {
        public string Name => "unwilling";

        public string? Notice => null;

        public Task<LeaseRecord> PrepareAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
            Task.FromResult(lease);

        public Task<Credential> IssueAsync(LeaseRecord lease, CancellationToken cancellationToken) =>
            Task.FromResult(new Credential("user", new SensitiveString("password"), "lease"));

        public Task<DateTimeOffset?> RenewAsync(LeaseRecord lease, CancellationToken cancellationToken) => throw new HttpRequestException("down");

        public Task RevokeAsync(LeaseRecord lease, CancellationToken cancellationToken) => throw new HttpRequestException("down");
    }
}
