using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Leases;
using static KubeInject.IntegrationTests.Vault.VaultProxy;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>If a request to Vault fails in any way, nothing is lost, nothing is issued twice, and the error has a remedy.</summary>
[Collection(nameof(VaultFixtures))]
public sealed class VaultFaultTests(VaultFixtures worlds)
{
    private const string Creation = "auth/token/create-orphan";
    private const string Issuing = $"databases/creds/{VaultFixture.Role}";

    public static TheoryData<VaultKind> Vaults => VaultKinds.All;

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_request_to_a_busy_Vault_is_retried_even_if_it_issues(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        foreach (var path in new[] { Creation, Issuing })
        {
            fixture.Proxy.Reset();
            fixture.Proxy.First(path, Fault.Busy(0), Fault.Error(503, "Vault is sealed"));
            var (record, _) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
            Assert.Equal(3, fixture.Proxy.Count(path));
            await source.RevokeAsync(record, CancellationToken.None);
        }
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_Vault_that_stays_busy_is_an_error(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var vault = fixture.Client();
        fixture.Proxy.Rule = request => request.Path == Issuing ? Fault.Busy(0) : null;

        var error = await Assert.ThrowsAsync<CredentialException>(() => fixture.Source(vault).IssueAsync(fixture.Request(), CancellationToken.None));

        Assert.Equal(CredentialFailure.Unavailable, error.Reason);
        Assert.Contains("receives too many requests", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, fixture.Proxy.Count(Issuing));
        await AssertNothingIsLeftAsync(fixture);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_credential_that_might_have_been_issued_is_not_requested_again_but_revoked(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var vault = fixture.Client();
        foreach (var fault in new[] { Fault.Error(500, "no") with { PassesFirst = true }, Fault.Error(502, "no") with { PassesFirst = true }, Fault.HangUp with { PassesFirst = true } })
        {
            fixture.Proxy.Reset();
            fixture.Proxy.First(Issuing, fault);

            var error = await Assert.ThrowsAsync<CredentialException>(() => fixture.Source(vault).IssueAsync(fixture.Request(), CancellationToken.None));

            Assert.Equal((CredentialFailure.Unavailable, 1), (error.Reason, fixture.Proxy.Count(Issuing)));
            await AssertNothingIsLeftAsync(fixture);
        }
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task An_idempotent_request_is_retried(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        var (record, _) = await source.IssueAsync(fixture.Request(), CancellationToken.None);

        fixture.Proxy.First("auth/token/renew", Fault.Error(500, "no"), Fault.HangUp);
        await source.RenewAsync(record, CancellationToken.None);
        Assert.Equal(3, fixture.Proxy.Count("auth/token/renew"));
        fixture.Proxy.First("sys/leases/revoke", Fault.HangUp with { PassesFirst = true }, Fault.Error(502, "no"));
        await source.RevokeAsync(record, CancellationToken.None);
        Assert.Equal(3, fixture.Proxy.Count("sys/leases/revoke"));

        await AssertNothingIsLeftAsync(fixture);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task If_Vault_is_too_slow_the_request_fails_and_the_issued_credential_is_revoked(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var warm = fixture.Client();
        await fixture.Source(warm).Leases.ListAsync(CancellationToken.None);
        using var vault = fixture.Client(settings: new VaultSettings { Timeout = TimeSpan.FromSeconds(3) });
        fixture.Proxy.First(Issuing, Fault.HangUp with { PassesFirst = true, NeverAnswers = true });

        var error = await Assert.ThrowsAsync<CredentialException>(() => fixture.Source(vault).IssueAsync(fixture.Request(), CancellationToken.None));

        Assert.StartsWith($"Vault at {fixture.Proxy.Address} did not answer GET {Issuing} within 3 s (VAULT_CLIENT_TIMEOUT).", error.Message, StringComparison.Ordinal);
        await AssertNothingIsLeftAsync(fixture);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Cancelling_revokes_the_credential_that_was_being_issued(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var vault = fixture.Client();
        foreach (var path in new[] { Creation, Issuing })
        {
            using var cancellation = new CancellationTokenSource();
            fixture.Proxy.Rule = request =>
            {
                // The request has arrived, and is forwarded later.
                if (request.Path == path)
                    cancellation.Cancel();
                return null;
            };

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Source(vault).IssueAsync(fixture.Request(), cancellation.Token));

            await AssertNothingIsLeftAsync(fixture);
        }
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_sealed_Vault_is_reported_and_nothing_is_lost(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        var (record, credential) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        await fixture.Vault.SealAsync();
        try
        {
            foreach (var attempt in new Func<Task>[] { () => source.RenewAsync(record, CancellationToken.None), () => source.RevokeAsync(record, CancellationToken.None), () => source.IssueAsync(fixture.Request(), CancellationToken.None) })
            {
                var error = await Assert.ThrowsAsync<CredentialException>(attempt);
                Assert.Equal(CredentialFailure.Unavailable, error.Reason);
                Assert.Equal($"Vault at {fixture.Proxy.Address} is sealed. Unseal it (vault operator unseal), then try again.", error.Message);
            }
        }
        finally
        {
            await fixture.Vault.UnsealAsync();
        }

        await WaitUntilActiveAsync(fixture);
        Assert.Equal(record.LeaseId, Assert.Single(await source.Leases.ListAsync(CancellationToken.None)).LeaseId);
        Assert.True(await TestDatabase.CanLogInAsync(credential));
        await source.RevokeAsync(record, CancellationToken.None);
        await AssertNothingIsLeftAsync(fixture);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task If_Vault_stops_during_issuing_a_record_remains_and_a_sweep_cleans_up(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        fixture.Proxy.First(Issuing, Fault.HangUp with { PassesFirst = true, After = fixture.Proxy.Stop });

        var error = await Assert.ThrowsAsync<CredentialException>(() => source.IssueAsync(fixture.Request(), CancellationToken.None));

        Assert.Contains("The records of these leases are kept for the next sweep", error.Message, StringComparison.Ordinal);
        fixture.Proxy.Resume();

        // With separate connections, because an earlier one might hang on the server that was stopped.
        using var again = fixture.Client();
        var later = fixture.Source(again);
        var left = Assert.Single(await later.Leases.ListAsync(CancellationToken.None));
        Assert.False(left.IsComplete);
        var sweep = new LeaseSweep(later, fixture.Cluster, new LeaseOptions { GracePeriod = TimeSpan.Zero });
        var summary = await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), null, CancellationToken.None);
        Assert.Equal((1, 0), (summary.CleanedUp, summary.Failed));
        await AssertNothingIsLeftAsync(fixture);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_lease_that_Vault_cannot_revoke_does_not_stop_the_others_and_keeps_its_record(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        var (stuck, _) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        var (other, credential) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        fixture.Proxy.Rule = request => request.Path.StartsWith("sys/leases/revoke", StringComparison.Ordinal) && request.Body.Contains(stuck.LeaseId!, StringComparison.Ordinal)
            ? Fault.Error(400, "failed to revoke entry: could not find role with name orders-rw")
            : null;

        var sweep = new LeaseSweep(source, fixture.Cluster, new LeaseOptions { GracePeriod = TimeSpan.Zero });
        var summary = await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), null, CancellationToken.None);

        Assert.Equal((1, 1, false), (summary.Revoked, summary.Failed, summary.IsComplete));
        Assert.Contains("could not find role with name orders-rw", $"{Assert.Single(summary.Failures)}", StringComparison.Ordinal);
        Assert.Equal(stuck.Uuid, Assert.Single(await source.Leases.ListAsync(CancellationToken.None)).Uuid);
        Assert.False(await TestDatabase.CanLogInAsync(credential));
        Assert.NotEqual(stuck.Uuid, other.Uuid);

        fixture.Proxy.Reset();
        await source.RevokeAsync(stuck, CancellationToken.None);
        await AssertNothingIsLeftAsync(fixture);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_404_from_a_proxy_is_not_treated_as_a_missing_lease(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        var (record, _) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        fixture.Proxy.Rule = request => request.Path.Contains("/metadata/", StringComparison.Ordinal) ? new Fault(404, "<html>no such site</html>") : null;

        await Assert.ThrowsAsync<CredentialException>(() => source.Leases.ListAsync(CancellationToken.None));

        fixture.Proxy.Reset();
        Assert.Single(await source.Leases.ListAsync(CancellationToken.None));
        await source.RevokeAsync(record, CancellationToken.None);
        await AssertNothingIsLeftAsync(fixture);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_request_waits_for_a_restart_of_Vault(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        var failures = 0;
        double ResumeAtTheSecondFailure()
        {
            if (++failures == 2)
                fixture.Proxy.Resume();
            return 0;
        }

        var policy = new VaultRetryPolicy { FirstWait = TimeSpan.FromMilliseconds(1), Jitter = ResumeAtTheSecondFailure };
        using var vault = new VaultClient(new VaultSettings { Address = fixture.Proxy.Address }, fixture.Login, policy);
        var source = fixture.Source(vault);
        var (record, _) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        fixture.Proxy.Stop();

        var renewed = await source.RenewAsync(record, CancellationToken.None);

        Assert.NotNull(renewed.RenewedAt);
        Assert.Equal(2, failures);
        await source.RevokeAsync(record, CancellationToken.None);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_standby_that_redirects_to_the_active_server_is_reported_and_nothing_is_sent_there(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var standby = new VaultProxy(fixture.Vault.Address);
        standby.Rule = request => new Fault(307) { Headers = new Dictionary<string, string> { ["Location"] = $"{fixture.Proxy.Address}v1/{request.Path}" } };
        using var vault = new VaultClient(new VaultSettings { Address = standby.Address }, fixture.Login);

        var error = await Assert.ThrowsAsync<CredentialException>(() => fixture.Source(vault).IssueAsync(fixture.Request(), CancellationToken.None));

        Assert.Equal(CredentialFailure.Unavailable, error.Reason);
        Assert.Contains($"Vault at {standby.Address} redirects ", error.Message, StringComparison.Ordinal);
        Assert.Contains($" to {fixture.Proxy.Address}v1/", error.Message, StringComparison.Ordinal);
        Assert.Contains("Specify the address of the active server", error.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Proxy.Requests);
        await AssertNothingIsLeftAsync(fixture);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_page_from_a_proxy_is_not_treated_as_a_success(VaultKind kind)
    {
        var fixture = await WorldAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        var (record, credential) = await source.IssueAsync(fixture.Request(), CancellationToken.None);
        fixture.Proxy.Rule = request => request.Method == "GET" ? null : new Fault(200, "<html>Sign in</html>");

        foreach (var attempt in new Func<Task>[] { () => source.RenewAsync(record, CancellationToken.None), () => source.RevokeAsync(record, CancellationToken.None) })
            Assert.Equal(CredentialFailure.UnexpectedAnswer, (await Assert.ThrowsAsync<CredentialException>(attempt)).Reason);

        fixture.Proxy.Reset();
        Assert.Single(await source.Leases.ListAsync(CancellationToken.None));
        Assert.True(await TestDatabase.CanLogInAsync(credential));
        await source.RevokeAsync(record, CancellationToken.None);
        await AssertNothingIsLeftAsync(fixture);
    }

    /// <summary>A fixture whose proxy has recorded no requests.</summary>
    private async Task<VaultFixture> WorldAsync(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        fixture.Proxy.Reset();
        return fixture;
    }

    private static async Task WaitUntilActiveAsync(VaultFixture fixture)
    {
        var limit = DateTime.UtcNow.AddSeconds(30);
        while ((await fixture.Vault.AskAsync(HttpMethod.Get, "auth/token/lookup-self")).Status is not (200 or 404))
            Assert.True(DateTime.UtcNow < limit, "Vault was not ready within 30 s after it was unsealed.");
    }

    /// <summary>If the lease ID is unknown, the lease is revoked with its token, shortly after the token.</summary>
    private static async Task AssertNothingIsLeftAsync(VaultFixture fixture)
    {
        fixture.Proxy.Reset();
        using var vault = fixture.Client();
        Assert.Empty(await fixture.Source(vault).Leases.ListAsync(CancellationToken.None));
        var limit = DateTime.UtcNow.AddSeconds(30);
        while ((await fixture.Vault.LeasesAsync(VaultFixture.Role)).Count > 0)
            Assert.True(DateTime.UtcNow < limit, "A lease has not ended within 30 s.");
        Assert.Empty(await fixture.LiveAsync());
    }
}
