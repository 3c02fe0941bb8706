using System.Diagnostics;
using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Controller;
using KubeInject.Injection;
using KubeInject.Kubernetes.Objects;
using Xunit.Abstractions;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>A pod has credentials from its creation to its end, and nothing after that.</summary>
public sealed class PodLifetimeTests(ITestOutputHelper output) : ControllerTest
{
    [Fact]
    public async Task A_pod_gets_credentials_that_end_with_it()
    {
        await StartAsync();
        var watch = Stopwatch.StartNew();
        var pod = await CreatePodAsync("orders", null, "orders", "uri");

        var credential = await UntilIssuedAsync(pod);
        output.WriteLine($"The Secret existed {watch.ElapsedMilliseconds} ms after the request to create the pod.");
        Assert.True(await TestDatabase.CanLogInAsync(credential));
        var secret = await ReadSecretAsync(pod);
        Assert.Equal(["orders.password", "orders.username", "uri.uri"], secret!.Keys.Order());
        Assert.Equal(2, await CountLoginRolesAsync());
        await UntilEventAsync(pod, PodEventReason.Issued);
        Assert.DoesNotContain(credential.Password.Reveal(), string.Join(' ', await EventsAsync(pod)), StringComparison.Ordinal);

        watch.Restart();
        await DeleteAsync(pod);
        await UntilRevokedAsync(credential);
        output.WriteLine($"The login role was gone {watch.ElapsedMilliseconds} ms after the request to delete the pod.");
        await UntilAsync(async () => await CountLoginRolesAsync() == 0 && (await Records.ListAsync(CancellationToken.None)).Count == 0, "something is left");
    }

    [Fact]
    public async Task The_Secret_is_immutable_and_owned_by_the_pod()
    {
        await StartAsync();
        var json = Admit("orders", Namespace);
        var pod = await CreateAsync(json);
        await UntilIssuedAsync(pod);

        var secret = (await Connection.Objects.GetAsync(KubeResource.Secrets, SecretOf(json), Namespace)).ToElement();

        Assert.True(secret.GetProperty("immutable").GetBoolean());
        Assert.Equal(pod.Uid, Assert.Single(secret.GetProperty("metadata").GetProperty("ownerReferences").EnumerateArray()).GetProperty("uid").GetString());
    }

    [Theory]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    public async Task A_finished_pod_loses_its_credentials(string phase)
    {
        await StartAsync();
        var pod = await CreatePodAsync("job");
        var credential = await UntilIssuedAsync(pod);

        await SetStatusAsync(pod, $$"""{"phase":"{{phase}}"}""");

        await UntilRevokedAsync(credential);
    }

    [Fact]
    public async Task A_pod_that_is_created_again_under_its_name_gets_new_credentials()
    {
        await StartAsync();
        var first = await CreatePodAsync("orders-0");
        var before = await UntilIssuedAsync(first);

        await DeleteAsync(first);
        var second = await CreatePodAsync("orders-0");

        var after = await UntilIssuedAsync(second);
        await UntilRevokedAsync(before);
        Assert.True(await TestDatabase.CanLogInAsync(after));
    }

    [Fact]
    public async Task A_pod_whose_containers_restart_keeps_its_credentials()
    {
        var controller = await StartAsync();
        var pod = await CreatePodAsync("orders");
        var credential = await UntilIssuedAsync(pod);

        for (var restart = 1; restart <= 50; restart++)
            await SetStatusAsync(pod, Status($"\"restartCount\":{restart}"));
        await DeleteAsync(await UntilProcessedAsync());

        Assert.Equal(2, controller.Issuer.Issued);
        Assert.True(await TestDatabase.CanLogInAsync(credential));
    }

    [Fact]
    public async Task A_pod_that_loses_its_label_or_its_annotations_keeps_its_credentials()
    {
        var controller = await StartAsync();
        var pod = await CreatePodAsync("orders");
        var credential = await UntilIssuedAsync(pod);

        await PatchAsync(pod, $$"""{"metadata":{"annotations":{"{{InjectionAnnotation.Uuid}}":"{{Guid.NewGuid()}}"} } }""");
        await PatchAsync(pod, $$"""{"metadata":{"labels":{"{{Injection.LabelKey}}":"false"} } }""");
        await UntilProcessedAsync();
        Assert.Equal(0, controller.Issuer.Revoked);
        Assert.True(await TestDatabase.CanLogInAsync(credential));

        // A leader that starts later knows the lease only from its record.
        await controller.StopAsync();
        await StartAsync();
        await UntilProcessedAsync();
        Assert.True(await TestDatabase.CanLogInAsync(credential));
        await DeleteAsync(pod);
        await StartAsync();
        await UntilRevokedAsync(credential);
    }

    [Fact]
    public async Task A_pod_that_has_started_keeps_its_credentials_when_its_Secret_is_deleted()
    {
        var controller = await StartAsync();
        var json = Admit("orders", Namespace);
        var pod = await CreateAsync(json);
        var credential = await UntilIssuedAsync(pod);
        await SetStatusAsync(pod, Status("\"restartCount\":0"));
        await controller.StopAsync();

        await Connection.Objects.DeleteAsync(KubeResource.Secrets, SecretOf(json), Namespace);
        await StartAsync();

        await UntilEventAsync(pod, PodEventReason.Refused);
        Assert.True(await TestDatabase.CanLogInAsync(credential));
    }

    [Fact]
    public async Task A_lease_is_renewed_before_it_expires()
    {
        Issuer.Dispose();
        Issuer = NewIssuer(TimeSpan.FromSeconds(4));
        var controller = await StartAsync();
        var credential = await UntilIssuedAsync(await CreatePodAsync("orders"));

        await UntilAsync(() => Task.FromResult(controller.Issuer.Renewed >= 3), "the lease was not renewed three times");

        Assert.True(await TestDatabase.CanLogInAsync(credential));
        Assert.Equal(1, controller.Issuer.Issued);
    }

    [Fact]
    public async Task A_renewal_that_fails_is_reported_and_repeated()
    {
        Issuer.Dispose();
        Issuer = NewIssuer(TimeSpan.FromSeconds(8));
        var controller = await StartAsync();
        var pod = await CreatePodAsync("orders");
        await UntilIssuedAsync(pod);

        controller.Issuer.IsDown = true;
        await UntilEventAsync(pod, PodEventReason.Expiring);
        controller.Issuer.IsDown = false;

        await UntilAsync(() => Task.FromResult(controller.Issuer.Renewed > 0), "the lease was not renewed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pod_whose_credentials_reach_their_limit_is_evicted_if_a_workload_replaces_it(bool hasWorkload)
    {
        Issuer.Dispose();
        Issuer = NewIssuer(TimeSpan.FromSeconds(4));
        var controller = await StartAsync(Options with { OnExpiry = ExpiryAction.Evict });
        controller.Issuer.LongestLifetime = TimeSpan.FromSeconds(4);
        var json = Admit("orders", Namespace);
        json["metadata"]!["ownerReferences"] = hasWorkload
            ? JsonNode.Parse($$"""[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"orders","uid":"{{Guid.NewGuid()}}","controller":true}]""")
            : null;
        var pod = await CreateAsync(json);
        var credential = await UntilIssuedAsync(pod);

        await UntilEventAsync(pod, PodEventReason.Expiring);

        if (hasWorkload)
            await UntilRevokedAsync(credential);
        await UntilProcessedAsync();
        Assert.Equal(hasWorkload ? 0 : 1, await Connection.Objects.ListMetadataAsync(KubeResource.Pods, new() { FieldSelector = "metadata.name=orders" }).CountAsync());
    }

    private static string Status(string fields) =>
        $$"""{"phase":"Running","containerStatuses":[{"name":"app","image":"app","imageID":"app","ready":false,"containerID":"containerd://1",{{fields}}}]}""";

    private Task<KubeObject> PatchAsync(PodKey pod, string patch) => Connection.Objects.PatchAsync(KubeResource.Pods, pod.Name, KubeInject.Kubernetes.Client.KubePatch.Merge(patch), pod.Namespace);

    /// <summary>Waits until the changes so far are processed, by a later pod.</summary>
    private async Task<PodKey> UntilProcessedAsync()
    {
        var pod = await CreatePodAsync($"later-{Guid.NewGuid():n}");
        await UntilIssuedAsync(pod);
        return pod;
    }
}
