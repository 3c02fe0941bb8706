using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Credentials.Vault;
using KubeInject.Http;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>Records are in KV version 2 in the layout of the in-cluster injector, whose leases are also managed.</summary>
[Collection(nameof(VaultFixtures))]
public sealed class VaultLeaseStoreTests(VaultFixtures worlds)
{
    private const string Data = "vault-db-injector/data/kubernetes";
    private const string Entries = "vault-db-injector/data/kubeinject/kubernetes";
    private const string EntryMetadata = "vault-db-injector/metadata/kubeinject/kubernetes";

    public static TheoryData<VaultKind> Vaults => VaultKinds.All;

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_record_is_read_as_it_was_written_and_removed_with_all_versions(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var store = new VaultLeaseStore(vault);
        var record = Record(fixture) with { OtherFields = new Dictionary<string, string> { ["Team"] = "shop" } };

        await store.WriteAsync(record with { IsComplete = false, LeaseId = null }, CancellationToken.None);
        await store.WriteAsync(record, CancellationToken.None);

        var found = await store.FindAsync(record.Uuid, CancellationToken.None);
        Assert.Equal(record.Token!.Reveal(), found!.Token!.Reveal());
        Assert.Equal(record.OtherFields, found.OtherFields);
        Assert.Equal(record, found with { Token = record.Token, OtherFields = record.OtherFields });
        Assert.Equal(record.Uuid, Assert.Single(await store.ListAsync(CancellationToken.None)).Uuid);

        await store.RemoveAsync(record.Uuid, CancellationToken.None);
        await store.RemoveAsync(record.Uuid, CancellationToken.None);

        Assert.Null(await store.FindAsync(record.Uuid, CancellationToken.None));
        Assert.Empty(await store.ListAsync(CancellationToken.None));
        Assert.Equal(404, (await fixture.Vault.AskAsync(HttpMethod.Get, $"vault-db-injector/metadata/kubernetes/{record.Uuid}")).Status);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_known_record_is_listed_without_being_read_as_long_as_it_exists(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        ILeaseStore store = new VaultLeaseStore(vault);
        var (known, removed, other) = (Record(fixture), Record(fixture), Record(fixture));
        foreach (var record in new[] { known, removed, other })
            await store.WriteAsync(record, CancellationToken.None);
        await store.RemoveAsync(removed.Uuid, CancellationToken.None);
        fixture.Proxy.Reset();

        var records = await store.ListAsync(new Dictionary<Guid, LeaseRecord> { [known.Uuid] = known, [removed.Uuid] = removed }, CancellationToken.None);

        Assert.Same(known, records.Single(record => record.Uuid == known.Uuid));
        Assert.Equal((1, true, false), (records.Count(record => record.Uuid == other.Uuid), records.StoredAt.ContainsKey(other.Uuid), records.StoredAt.ContainsKey(known.Uuid)));
        Assert.DoesNotContain(records.Concat(records.RevokedByOthers), record => record.Uuid == removed.Uuid);
        Assert.Equal((0, 0, 1), (fixture.Proxy.Count($"{Data}/{known.Uuid}"), fixture.Proxy.Count($"{Data}/{removed.Uuid}"), fixture.Proxy.Count($"{Data}/{other.Uuid}")));
        foreach (var record in new[] { known, other })
            await store.RemoveAsync(record.Uuid, CancellationToken.None);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_missing_mount_is_reported_with_the_former_default_mount(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        await fixture.Vault.WriteAsync("sys/policies/acl/absent", new { policy = """path "absent/*" { capabilities = ["create", "update", "list"] }""" });
        using var vault = fixture.Client(VaultLogin.Token(await fixture.TokenAsync("absent")));
        var store = new VaultLeaseStore(vault, "absent");

        var list = await Assert.ThrowsAsync<CredentialException>(() => store.ListAsync(CancellationToken.None));
        var write = await Assert.ThrowsAsync<CredentialException>(() => store.WriteAsync(Record(fixture), CancellationToken.None));

        Assert.All([list, write], error => Assert.Contains("'vault-injector': specify it with -LeaseMount", error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task The_in_cluster_injector_finds_its_fields_in_our_records(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var record = Record(fixture) with { NodeName = null, LeaseId = null };

        await new VaultLeaseStore(vault).WriteAsync(record, CancellationToken.None);

        var fields = (await fixture.Vault.SendAsync(HttpMethod.Get, $"{Data}/{record.Uuid}")).Get("data").Get("data");
        Assert.All(fields.EnumerateObject(), field => Assert.NotNull(field.Value.Text()));
        Assert.Equal(
            ["", record.Token!.Reveal(), fixture.Namespace, "orders", "orders-1", ""],
            new[] { "LeaseId", "TokenId", "Namespace", "ServiceAccountName", "PodName", "NodeName" }.Select(name => fields.Text(name)));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Leases_of_another_injector_are_kept_while_their_pod_lives_and_swept_afterwards(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        var (living, first) = await WriteForeignAsync(fixture, "living");
        var (gone, second) = await WriteForeignAsync(fixture, "gone");
        await TestCluster.CreatePodAsync(fixture.Namespace, "living", metadata: $$""","annotations":{"{{InjectionAnnotation.Prefix}}uuid":"{{living}}"}""");

        var records = await source.Leases.ListAsync(CancellationToken.None);
        Assert.All(records, record => Assert.Equal(("vault", true, true, "Pod", "x"), (record.Source, record.IsComplete, record.IsRenewable, record.Owner.Kind, record.OtherFields["FromTheFuture"])));
        Assert.All(records, record => Assert.InRange(record.RecordedAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1)));

        // Both are younger than the grace period, so both are kept.
        var patient = new LeaseSweep(source, fixture.Cluster);
        Assert.Equal([LeaseAction.Keep, LeaseAction.Renew], (await patient.PlanAsync(CancellationToken.None)).Select(planned => planned.Action).Order());

        var sweep = new LeaseSweep(source, fixture.Cluster, new LeaseOptions { GracePeriod = TimeSpan.Zero });
        var summary = await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), null, CancellationToken.None);

        Assert.Equal((2, 1, 1, 0), (summary.Total, summary.Renewed, summary.Revoked, summary.Failed));
        Assert.True(await TestDatabase.CanLogInAsync(first));
        Assert.False(await TestDatabase.CanLogInAsync(second));
        var left = Assert.Single(await source.Leases.ListAsync(CancellationToken.None));
        Assert.Equal((living, "living", "x", true), (left.Uuid, left.Owner.Name, left.OtherFields["FromTheFuture"], left.RenewedAt is not null));
        await source.RevokeAsync(left, CancellationToken.None);
        Assert.NotEqual(living, gone);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Other_entries_are_ignored(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var store = new VaultLeaseStore(vault);
        var deleted = Guid.NewGuid();
        foreach (var name in new[] { "readme", Guid.NewGuid().ToString().ToUpperInvariant(), deleted.ToString() })
            await fixture.Vault.WriteAsync($"{Data}/{name}", new { data = new { TokenId = "x" } });
        await fixture.Vault.SendAsync(HttpMethod.Delete, $"{Data}/{deleted}");
        var empty = Guid.NewGuid();
        await fixture.Vault.WriteAsync($"{Data}/{empty}", new { data = new { } });

        var record = Assert.Single(await store.ListAsync(CancellationToken.None));

        Assert.Equal((empty, null, null, "", ""), (record.Uuid, record.Token, record.LeaseId, record.Owner.Name, record.ServiceAccountName));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Fields_that_the_other_injector_drops_from_a_record_are_not_lost(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var store = new VaultLeaseStore(vault);
        var record = Record(fixture) with { NodeName = null };
        await store.WriteAsync(record, CancellationToken.None);

        await RewriteAsync(fixture, record, "orders-1-abc");

        var expected = record with { NodeName = "node-7" };
        foreach (var found in new[] { await store.FindAsync(record.Uuid, CancellationToken.None), Assert.Single(await store.ListAsync(CancellationToken.None)) })
            Assert.Equal(expected, found! with { Token = record.Token, OtherFields = record.OtherFields });
        var entry = (await fixture.Vault.SendAsync(HttpMethod.Get, $"{Entries}/{record.Uuid}")).Get("data").Get("data");
        Assert.DoesNotContain(record.Token!.Reveal(), entry.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_delivery_Secret_is_deleted_with_its_lease_even_if_the_other_injector_overwrote_the_record(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        var (record, credential) = await DeliveredAsync(fixture, source);
        await RewriteAsync(fixture, record, "orders-1");

        var summary = await SweepAsync(fixture, source);

        Assert.Equal((1, 1, 0, null), (summary.Total, summary.Revoked, summary.Failed, summary.Notice));
        Assert.False(await TestDatabase.CanLogInAsync(credential));
        await ExpectNothingLeftAsync(fixture, record);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_delivery_Secret_is_deleted_after_the_other_injector_has_revoked_its_lease(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var source = fixture.Source(vault);
        var (record, _) = await DeliveredAsync(fixture, source);
        await fixture.Vault.WriteAsync("auth/token/revoke-orphan", new { token = record.Token!.Reveal() });
        await fixture.Vault.SendAsync(HttpMethod.Delete, $"vault-db-injector/metadata/kubernetes/{record.Uuid}");

        // Within the grace period the record might not have been written yet.
        var patient = new LeaseSweep(source, fixture.Cluster);
        await patient.RunAsync(await patient.PlanAsync(CancellationToken.None), null, CancellationToken.None);
        Assert.Equal(record.Secret!.Name, (await fixture.Cluster.GetAsync(KubeResource.Secrets, record.Secret!.Name)).Name);

        var summary = await SweepAsync(fixture, source);

        Assert.Equal((0, 0, null), (summary.Total, summary.Failed, summary.Notice));
        await ExpectNothingLeftAsync(fixture, record);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task Old_records_with_all_fields_in_one_entry_are_read_and_split_when_they_are_written(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var store = new VaultLeaseStore(vault);
        var record = Record(fixture);
        await store.WriteAsync(record, CancellationToken.None);
        await fixture.Vault.SendAsync(HttpMethod.Delete, $"{EntryMetadata}/{record.Uuid}");

        var found = Assert.Single(await store.ListAsync(CancellationToken.None));
        Assert.Equal(record.Secret, found.Secret);
        await store.WriteAsync(found, CancellationToken.None);
        await RewriteAsync(fixture, record, "orders-1");

        Assert.Equal(record.Secret, Assert.Single(await store.ListAsync(CancellationToken.None)).Secret);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task An_unreadable_record_is_reported_and_the_others_are_listed(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var store = new VaultLeaseStore(vault);
        var (record, refused, odd, newer) = (Record(fixture), Record(fixture), Guid.NewGuid(), Guid.NewGuid());
        await store.WriteAsync(record, CancellationToken.None);
        await store.WriteAsync(refused, CancellationToken.None);
        await fixture.Vault.WriteAsync($"{Data}/{odd}", new { data = new { TokenId = 5, LeaseId = "x" } });
        await fixture.Vault.WriteAsync($"{Data}/{newer}", new { data = new { TokenId = "s.x", Version = "99" } });
        fixture.Proxy.Rule = request => request.Path == $"{Data}/{refused.Uuid}" ? VaultProxy.Fault.Error(403, "permission denied") : null;

        var list = await store.ListAsync(CancellationToken.None);

        Assert.Equal(record.Uuid, Assert.Single(list).Uuid);
        Assert.Equal(new[] { refused.Uuid, odd, newer }.ToHashSet(), list.Unreadable.Select(unreadable => unreadable.Uuid!.Value).ToHashSet());
        Assert.All(list.Unreadable, unreadable => Assert.StartsWith($"{Data}/", unreadable.Location, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_list_takes_one_read_per_record_and_one_more_per_overwritten_record(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var store = new VaultLeaseStore(vault);
        var records = Enumerable.Range(0, 5).Select(_ => Record(fixture)).ToList();
        foreach (var record in records)
            await store.WriteAsync(record, CancellationToken.None);
        await RewriteAsync(fixture, records[3], "orders-1");
        var paths = new System.Collections.Concurrent.ConcurrentBag<string>();
        fixture.Proxy.Rule = request =>
        {
            paths.Add(request.Path);
            return null;
        };

        await store.ListAsync(CancellationToken.None);

        Assert.Equal((5, 1), (paths.Count(path => path.StartsWith($"{Data}/", StringComparison.Ordinal)), paths.Count(path => path.StartsWith($"{Entries}/", StringComparison.Ordinal))));
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_list_is_complete_or_an_error(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client();
        var store = new VaultLeaseStore(vault);
        var records = Enumerable.Range(0, 50).Select(_ => Record(fixture)).ToList();
        foreach (var record in records)
            await store.WriteAsync(record, CancellationToken.None);

        Assert.Equal(records.Select(record => record.Uuid).Order(), (await store.ListAsync(CancellationToken.None)).Select(record => record.Uuid));
        fixture.Proxy.Rule = request => request.Path == $"{Data}/{records[17].Uuid}" ? VaultProxy.Fault.Error(500, "no") : null;
        Assert.Equal(CredentialFailure.Unavailable, (await Assert.ThrowsAsync<CredentialException>(() => store.ListAsync(CancellationToken.None))).Reason);

        // An entry that disappears between the list and its reading was revoked meanwhile.
        fixture.Proxy.Rule = request => request.Path == $"{Data}/{records[17].Uuid}" ? new VaultProxy.Fault(404, """{"errors":[]}""") : null;
        Assert.Equal(49, (await store.ListAsync(CancellationToken.None)).Count);
    }

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_missing_mount_or_one_of_the_wrong_type_is_not_an_empty_store(VaultKind kind)
    {
        var fixture = await worlds.OfAsync(kind);
        using var vault = fixture.Client(VaultLogin.Token(new SensitiveString(fixture.Vault.RootToken)));

        var missing = new VaultLeaseStore(vault, "no-such-mount");
        foreach (var attempt in new Func<Task>[] { () => missing.ListAsync(CancellationToken.None), () => missing.FindAsync(Guid.NewGuid(), CancellationToken.None), () => missing.WriteAsync(Record(fixture), CancellationToken.None), () => missing.RemoveAsync(Guid.NewGuid(), CancellationToken.None) })
            Assert.Contains("Check that the mount and the role are correct", (await Assert.ThrowsAsync<CredentialException>(attempt)).Message, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<CredentialException>(() => new VaultLeaseStore(vault, "plain").WriteAsync(Record(fixture), CancellationToken.None));
        Assert.Contains("the mount keeps no versions; it must be a KV engine of version 2", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Overwrites a record as the renewer of the in-cluster injector does: its six fields, with the pod's name and node, and nothing else.</summary>
    private static Task RewriteAsync(VaultFixture fixture, LeaseRecord record, string pod) => fixture.Vault.WriteAsync($"{Data}/{record.Uuid}", new
    {
        data = new { LeaseId = record.LeaseId ?? "", TokenId = record.Token!.Reveal(), record.Owner.Namespace, record.ServiceAccountName, PodName = pod, NodeName = "node-7" },
    });

    private static async Task<IssuedLease> DeliveredAsync(VaultFixture fixture, CredentialSource source)
    {
        var secret = new ObjectReference("Secret", fixture.Namespace, $"orders-{Guid.NewGuid():n}");
        var issued = await source.IssueAsync(fixture.Request() with { Secret = secret }, CancellationToken.None);
        await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{fixture.Namespace}/secrets", $$$"""
            {"metadata":{"name":"{{{secret.Name}}}","labels":{"app.kubernetes.io/managed-by":"kubeinject","lease.kubeinject.io/{{{issued.Record.Uuid}}}":""} },"type":"Opaque"}
            """);
        return issued;
    }

    private static async Task<LeaseSweepSummary> SweepAsync(VaultFixture fixture, CredentialSource source)
    {
        var sweep = new LeaseSweep(source, fixture.Cluster, new LeaseOptions { GracePeriod = TimeSpan.Zero });
        return await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), null, CancellationToken.None);
    }

    private static async Task ExpectNothingLeftAsync(VaultFixture fixture, LeaseRecord record)
    {
        Assert.Equal(KubeApiReason.NotFound, (await Assert.ThrowsAsync<KubeApiException>(() => fixture.Cluster.GetAsync(KubeResource.Secrets, record.Secret!.Name))).Reason);
        Assert.Equal(404, (await fixture.Vault.AskAsync(HttpMethod.Get, $"vault-db-injector/metadata/kubernetes/{record.Uuid}")).Status);
        Assert.Equal(404, (await fixture.Vault.AskAsync(HttpMethod.Get, $"{EntryMetadata}/{record.Uuid}")).Status);
    }

    private static LeaseRecord Record(VaultFixture fixture) => new()
    {
        Uuid = Guid.NewGuid(),
        Source = "vault",
        IsComplete = true,
        Database = "orders",
        Role = VaultFixture.Role,
        Mount = "databases",
        Owner = new ObjectReference("Deployment", fixture.Namespace, "orders-1"),
        ServiceAccountName = "orders",
        NodeName = "node-1",
        RecordedAt = DateTimeOffset.UtcNow,
        RenewedAt = DateTimeOffset.UtcNow,
        ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
        Username = "v-x",
        LeaseId = "databases/creds/orders-rw/x",
        IsRenewable = true,
        Secret = new ObjectReference("Secret", fixture.Namespace, "orders-db"),
        Token = new SensitiveString("s.abc"),
    };

    /// <summary>A lease of the in-cluster injector: only its six fields, and a field that a later version might add.</summary>
    private static async Task<(Guid Uuid, Credential Credential)> WriteForeignAsync(VaultFixture fixture, string pod)
    {
        using var vault = fixture.Client();
        var issuer = new VaultIssuer(vault);
        var request = fixture.Request() with { Owner = new ObjectReference("Pod", fixture.Namespace, pod) };
        var lease = await issuer.PrepareAsync(LeaseRecord.For(request, issuer), CancellationToken.None);
        var credential = await issuer.IssueAsync(lease, CancellationToken.None);
        await fixture.Vault.WriteAsync($"{Data}/{request.Uuid}", new
        {
            data = new
            {
                credential.LeaseId,
                TokenId = lease.Token!.Reveal(),
                fixture.Namespace,
                request.ServiceAccountName,
                PodName = pod,
                NodeName = "node-1",
                FromTheFuture = "x",
            },
        });
        return (request.Uuid, credential);
    }
}
