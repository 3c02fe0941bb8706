using System.Text;
using System.Text.Json;
using KubeInject.Credentials;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Leases;

public sealed class KubeLeaseStoreTests
{
    [Fact]
    public async Task A_record_is_found_and_listed_until_it_is_removed()
    {
        using var connection = await TestCluster.OpenAsync();
        var store = new KubeLeaseStore(connection.Objects, await TestCluster.CreateNamespaceAsync());
        LeaseRecord[] records = [.. Enumerable.Range(0, 5).Select(_ => Record()).OrderBy(record => record.Uuid.ToString(), StringComparer.Ordinal)];
        foreach (var record in records.Reverse())
            await store.WriteAsync(record, CancellationToken.None);

        await store.WriteAsync(records[2] = records[2] with { IsComplete = true, Username = "user", ExpiresAt = DateTimeOffset.UtcNow, Secret = new ObjectReference("Secret", "shop", "orders") }, CancellationToken.None);
        await store.RemoveAsync(records[4].Uuid, CancellationToken.None);
        await store.RemoveAsync(records[4].Uuid, CancellationToken.None);

        Assert.Equal(records[..4], (await store.ListAsync(CancellationToken.None)).Select((record, i) => record with { OtherFields = records[i].OtherFields }));
        Assert.Equal(records[2], await store.FindAsync(records[2].Uuid, CancellationToken.None) is { } found ? found with { OtherFields = records[2].OtherFields } : null);
        Assert.Null(await store.FindAsync(records[4].Uuid, CancellationToken.None));
    }

    [Fact]
    public async Task A_record_is_a_labeled_Secret_of_a_dedicated_type()
    {
        using var connection = await TestCluster.OpenAsync();
        var (@namespace, record) = (await TestCluster.CreateNamespaceAsync(), Record());

        await new KubeLeaseStore(connection.Objects, @namespace).WriteAsync(record, CancellationToken.None);

        var listed = await Command.KubectlAsync("get", "secret", "--namespace", @namespace, "--selector=app.kubernetes.io/managed-by=kubeinject,kubeinject.io/source=test", "--field-selector=type=kubeinject.io/lease", "--output=name");
        Assert.Equal($"secret/lease-{record.Uuid}", listed.Trim());
        var json = Encoding.UTF8.GetString(Convert.FromBase64String(await Command.KubectlAsync("get", "secret", $"lease-{record.Uuid}", "--namespace", @namespace, "--output=jsonpath={.data.lease\\.json}")));
        using var folder = new TemporaryFolder();
        await new FileLeaseStore(folder.Path).WriteAsync(record, CancellationToken.None);
        Assert.Equal(await File.ReadAllTextAsync(folder.File($"{record.Uuid}.json")), json);
    }

    [Fact]
    public async Task Other_Secrets_of_the_namespace_are_ignored()
    {
        using var connection = await TestCluster.OpenAsync();
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await CreateSecretAsync(@namespace, "other", "Opaque", "{}");

        Assert.Empty(await new KubeLeaseStore(connection.Objects, @namespace).ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_list_of_many_pages_is_complete()
    {
        using var connection = await TestCluster.OpenAsync();
        var store = new KubeLeaseStore(connection.Objects, await TestCluster.CreateNamespaceAsync());
        var records = Enumerable.Range(0, 520).Select(_ => Record()).ToList();
        await Parallel.ForEachAsync(records, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (record, token) => await store.WriteAsync(record, token));

        Assert.Equal(records.Select(record => record.Uuid).Order(), (await store.ListAsync(CancellationToken.None)).Select(record => record.Uuid).Order());
    }

    [Fact]
    public async Task A_missing_namespace_is_an_error_with_a_remedy()
    {
        using var connection = await TestCluster.OpenAsync();
        var store = new KubeLeaseStore(connection.Objects, "no-such-namespace");

        foreach (var call in new Func<Task>[] { () => store.WriteAsync(Record(), CancellationToken.None), () => store.ListAsync(CancellationToken.None) })
        {
            var error = await Assert.ThrowsAsync<KubeApiException>(call);
            Assert.Equal(KubeApiReason.NotFound, error.Reason);
            Assert.Contains("kubectl create namespace no-such-namespace", error.Message, StringComparison.Ordinal);
        }

        Assert.Null(await store.FindAsync(Guid.NewGuid(), CancellationToken.None));
        await store.RemoveAsync(Guid.NewGuid(), CancellationToken.None);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"lease.json":"bm8="}""")]
    [InlineData("""{"lease.json":"bnVsbA=="}""")]
    [InlineData("""{"lease.json":"e30="}""")]
    [InlineData("""{"lease.json":"/w=="}""")]
    [InlineData("""{"lease.json":"eyJWZXJzaW9uIjo5OX0="}""")]
    public async Task An_invalid_Secret_of_the_record_type_is_reported_and_kept_and_the_others_are_listed(string data)
    {
        using var connection = await TestCluster.OpenAsync();
        var @namespace = await TestCluster.CreateNamespaceAsync();
        var (store, record, uuid) = (new KubeLeaseStore(connection.Objects, @namespace), Record(), Guid.NewGuid());
        await store.WriteAsync(record, CancellationToken.None);
        await CreateSecretAsync(@namespace, $"lease-{uuid}", KubeLeaseStore.SecretType, data);
        await CreateSecretAsync(@namespace, "odd", KubeLeaseStore.SecretType, data);

        var list = await store.ListAsync(CancellationToken.None);

        Assert.Equal(record.Uuid, Assert.Single(list).Uuid);
        Assert.Equal([(uuid, $"{@namespace}/secret/lease-{uuid}"), (null, $"{@namespace}/secret/odd")], list.Unreadable.Select(record => (record.Uuid, record.Location)));
        Assert.Contains($"kubectl get secret odd --namespace {@namespace}", list.Unreadable[1].Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(() => store.FindAsync(uuid, CancellationToken.None));
    }

    [Fact]
    public async Task A_record_with_the_name_of_another_lease_belongs_to_neither()
    {
        using var connection = await TestCluster.OpenAsync();
        var @namespace = await TestCluster.CreateNamespaceAsync();
        var (store, record) = (new KubeLeaseStore(connection.Objects, @namespace), Record());
        await store.WriteAsync(record, CancellationToken.None);
        var data = await Command.KubectlAsync("get", "secret", $"lease-{record.Uuid}", "--namespace", @namespace, "--output=jsonpath={.data}");
        await CreateSecretAsync(@namespace, $"lease-{Guid.NewGuid()}", KubeLeaseStore.SecretType, data);

        var list = await store.ListAsync(CancellationToken.None);

        Assert.Equal(record.Uuid, Assert.Single(list).Uuid);
        Assert.Single(list.Unreadable);
    }

    [Fact]
    public async Task The_age_of_a_record_is_the_age_of_its_Secret_even_after_updates()
    {
        using var connection = await TestCluster.OpenAsync();
        var (store, record) = (new KubeLeaseStore(connection.Objects, await TestCluster.CreateNamespaceAsync()), Record());
        await store.WriteAsync(record, CancellationToken.None);
        await store.WriteAsync(record with { RecordedAt = DateTimeOffset.UtcNow.AddDays(-1) }, CancellationToken.None);

        var list = await store.ListAsync(CancellationToken.None);

        Assert.InRange(list.AgeOf(record)!.Value, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
        Assert.Equal(await connection.Objects.GetClusterUidAsync(CancellationToken.None), list.Cluster!.Uid);
    }

    [Fact]
    public async Task A_token_is_not_stored()
    {
        using var connection = await TestCluster.OpenAsync();
        var store = new KubeLeaseStore(connection.Objects, "default");

        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync(Record() with { Token = new SensitiveString("token") }, CancellationToken.None));
    }

    [Fact]
    public async Task A_connection_that_is_cut_while_a_record_is_written_loses_nothing()
    {
        var cuts = 0;
        using var proxy = new FaultProxy(request => request.Method == "PATCH" && ++cuts == 1 ? new FaultProxy.Fault { CutAfter = 0 } : null);
        var @namespace = await TestCluster.CreateNamespaceAsync();
        using var connection = await proxy.OpenAsync(@namespace);
        var (store, record) = (new KubeLeaseStore(connection.Objects, @namespace), Record());

        await store.WriteAsync(record, CancellationToken.None);

        Assert.Equal(2, cuts);
        Assert.Equal(record.Uuid, Assert.Single(await store.ListAsync(CancellationToken.None)).Uuid);
    }

    private static LeaseRecord Record() => new()
    {
        Uuid = Guid.NewGuid(),
        Source = "test",
        Database = "orders",
        Role = "orders-rw",
        Owner = new ObjectReference("Deployment", "shop", "orders"),
        ServiceAccountName = "orders",
        RecordedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    private static Task<JsonElement> CreateSecretAsync(string @namespace, string name, string type, string data) =>
        TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{@namespace}/secrets", $$$"""{"metadata":{"name":"{{{name}}}"},"type":"{{{type}}}","data":{{{data}}} }""");
}
