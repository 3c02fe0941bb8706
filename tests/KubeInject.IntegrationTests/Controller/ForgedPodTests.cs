using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Injection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>A pod gets nothing that belongs to another one, and cannot harm it.</summary>
public sealed class ForgedPodTests : ControllerTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pod_with_the_UUID_of_another_pod_gets_no_credentials(bool inOtherNamespace)
    {
        var controller = await StartAsync();
        var json = Admit("victim", Namespace);
        var victim = await CreateAsync(json);
        var credential = await UntilIssuedAsync(victim);
        var @namespace = inOtherNamespace ? await TestCluster.CreateNamespaceAsync() : Namespace;
        var record = Assert.Single(await Records.ListAsync(CancellationToken.None));

        json["metadata"]!["name"] = "forged";
        var forged = await CreateAsync(json, @namespace);

        await UntilEventAsync(forged, PodEventReason.Refused);
        await DeleteAsync(forged);
        await UntilIssuedAsync(await CreatePodAsync("later"));
        Assert.Equal((2, 0), (controller.Issuer.Issued, controller.Issuer.Revoked));
        Assert.True((await Records.FindAsync(record.Uuid, CancellationToken.None))!.HasSameContentAs(record));
        Assert.True(await TestDatabase.CanLogInAsync(credential));
    }

    [Fact]
    public async Task A_pod_whose_second_UUID_is_that_of_another_pod_gets_no_credentials()
    {
        var controller = await StartAsync();
        var victim = Admit("victim", Namespace);
        await UntilIssuedAsync(await CreateAsync(victim));
        var json = Admit("forged", Namespace, "orders", "billing");
        json["metadata"]!["annotations"]![InjectionAnnotation.Uuid] = $"{UuidsOf(json)[0]},{UuidsOf(victim)[0]}";

        var forged = await CreateAsync(json);

        await UntilEventAsync(forged, PodEventReason.Refused);
        Assert.Equal((1, 0), (controller.Issuer.Issued, controller.Issuer.Revoked));
    }

    [Fact]
    public async Task A_Secret_of_another_owner_is_never_overwritten()
    {
        await StartAsync();
        var json = Admit("orders", Namespace);
        await Connection.Objects.CreateAsync(KubeResource.Secrets, KubeObject.Parse($$$"""{"metadata":{"name":"{{{SecretOf(json)}}}"},"stringData":{"orders.username":"mine"}}"""), Namespace);

        var pod = await CreateAsync(json);

        await UntilEventAsync(pod, PodEventReason.Refused);
        Assert.Equal("mine", (await ReadSecretAsync(pod))!["orders.username"]);
        Assert.Equal(0, await CountLoginRolesAsync());
    }

    [Fact]
    public async Task A_pod_with_invalid_annotations_is_refused_and_does_not_stop_others()
    {
        await StartAsync();
        var json = Admit("invalid", Namespace);
        json["metadata"]!["annotations"]![InjectionAnnotation.ForDatabase("orders", "mode")] = "url";
        var invalid = await CreateAsync(json);

        await UntilEventAsync(invalid, PodEventReason.Refused);
        await UntilIssuedAsync(await CreatePodAsync("valid"));

        Assert.Contains(await EventsAsync(invalid), found => found.Message.StartsWith("KI005 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pod_that_the_webhook_has_not_admitted_gets_nothing()
    {
        var controller = await StartAsync();
        var json = Admit("orders", Namespace);
        ((JsonObject)json["spec"]!["containers"]![0]!).Remove("env");

        await CreateAsync(json);
        await UntilIssuedAsync(await CreatePodAsync("later"));

        Assert.Equal(1, controller.Issuer.Issued);
    }
}
