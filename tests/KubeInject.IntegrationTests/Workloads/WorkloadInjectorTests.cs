using System.Text.Json.Nodes;
using KubeInject.Injection;
using KubeInject.Injection.Workloads;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.IntegrationTests.Workloads;

/// <summary>Credentials for workloads that are already in the cluster.</summary>
public sealed class WorkloadInjectorTests
{
    private const string PatchOfTemplate = """{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"app:2"}]}}}}""";

    [Theory]
    [InlineData("Deployment")]
    [InlineData("StatefulSet")]
    [InlineData("DaemonSet")]
    [InlineData("CronJob")]
    public async Task Only_the_pod_template_is_changed(string kind)
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync(kind, databases: "orders stock");
        var before = await workspace.ReadAsync(workload);

        var result = await workspace.InjectAsync(workload);

        Assert.Equal((InjectionStatus.Injected, $"{workload}"), (result.Status, $"{result.Object}"));
        Assert.Equal(["init", "app"], result.Containers);
        var after = await workspace.ReadAsync(workload);
        var template = TestWorkspace.TemplateOf(after);
        string[] issued = ["orders_PASSWORD=password-orders", "stock_USER=user-stock", "stock_PASSWORD=password-stock"];
        Assert.Equal(["KEPT=1", "orders_USER=user-orders", .. issued], TestWorkspace.Variables(template));
        Assert.Equal(["orders_USER=user-orders", .. issued], TestWorkspace.Variables(template, "initContainers"));
        Assert.Equal(string.Join(',', workspace.Issuer.Issued.Select(request => request.Uuid)), (string?)template["metadata"]!["annotations"]![TestWorkspace.Uuid]);
        Assert.Equal(workspace.Issuer.Issued.Select(request => request.Uuid.ToString()), result.Databases.Select(database => database.Uuid));
        Assert.Equal(workspace.Issuer.Live, workspace.Leases.Records.Keys.ToHashSet());
        Assert.All(workspace.Leases.Records.Values, record => Assert.Equal(workload, record.Owner));

        foreach (var document in (JsonObject[])[before, after])
        {
            TestWorkspace.TemplateOf(document)["metadata"]!["annotations"]!.AsObject().Remove(TestWorkspace.Uuid);
            TestWorkspace.TemplateOf(document)["spec"]!["containers"]![0]!.AsObject().Remove("env");
            TestWorkspace.TemplateOf(document)["spec"]!["initContainers"]![0]!.AsObject().Remove("env");
            foreach (var field in (string[])["resourceVersion", "generation", "managedFields"])
                document["metadata"]!.AsObject().Remove(field);
            document["metadata"]!["annotations"]?.AsObject().Remove("deprecated.daemonset.template.generation"); // a counter of the server
        }

        Assert.True(JsonNode.DeepEquals(before, after), $"{before}\n{after}");
    }

    [Fact]
    public async Task The_field_manager_owns_only_the_injected_fields()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment");

        await workspace.InjectAsync(workload);

        var fields = (await workspace.ReadAsync(workload))["metadata"]!["managedFields"]!.AsArray().Single(entry => (string?)entry!["manager"] == "kubeinject")!["fieldsV1"]!;
        var template = fields["f:spec"]!["f:template"]!;
        Assert.Equal(["f:metadata", "f:spec"], template.AsObject().Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal([$"f:{TestWorkspace.Uuid}"], template["f:metadata"]!["f:annotations"]!.AsObject().Select(field => field.Key));
        Assert.Equal(["f:spec"], fields.AsObject().Select(field => field.Key));
        var app = template["f:spec"]!["f:containers"]!["k:{\"name\":\"app\"}"]!["f:env"]!.AsObject();
        Assert.DoesNotContain(app, field => field.Key.Contains("KEPT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_injection_changes_nothing()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment");
        await workspace.InjectAsync(workload);
        var before = await workspace.ReadAsync(workload);

        Assert.Equal(InjectionStatus.AlreadyInjected, (await workspace.InjectAsync(workload)).Status);

        Assert.Single(workspace.Issuer.Issued);
        Assert.True(JsonNode.DeepEquals(before, await workspace.ReadAsync(workload)));
    }

    [Theory]
    [InlineData("Deployment", CredentialDelivery.Value)]
    [InlineData("CronJob", CredentialDelivery.Secret)]
    public async Task A_dry_run_leaves_no_credential_no_record_no_Secret_and_no_change(string kind, CredentialDelivery delivery)
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync(kind);
        var before = await workspace.ReadAsync(workload);

        var plan = await workspace.Injector(delivery).PlanAsync(workload, CancellationToken.None);

        Assert.Equal((InjectionStatus.Planned, null), (plan.Status, plan.Databases.Single().Username));
        Assert.Empty(workspace.Issuer.Issued);
        Assert.Empty(workspace.Leases.Records);
        Assert.Empty(await workspace.SecretsAsync());
        Assert.True(JsonNode.DeepEquals(before, await workspace.ReadAsync(workload)));
    }

    [Fact]
    public async Task A_concurrent_change_of_the_workload_is_kept_and_the_credentials_are_injected()
    {
        TestWorkspace workspace = null!;
        ObjectReference workload = null!;
        using (workspace = await TestWorkspace.CreateAsync(request =>
        {
            workspace.Change(workload, PatchOfTemplate.Replace("\"image\":\"app:2\"", "\"image\":\"app:2\",\"env\":[{\"name\":\"ADDED\",\"value\":\"2\"}]", StringComparison.Ordinal));
            return TestWorkspace.Credential(request);
        }))
        {
            workload = await workspace.CreateAsync("Deployment");

            Assert.Equal(InjectionStatus.Injected, (await workspace.InjectAsync(workload)).Status);

            var template = await workspace.TemplateAsync(workload);
            Assert.Equal("app:2", (string?)template["spec"]!["containers"]![0]!["image"]);
            Assert.Equal(["ADDED=2", "orders_USER=user-orders", "orders_PASSWORD=password-orders"], TestWorkspace.Variables(template));
            Assert.Single(workspace.Issuer.Issued);
            Assert.Single(workspace.Issuer.Live);
        }
    }

    [Theory]
    [InlineData("""{"spec":{"template":{"metadata":{"annotations":{"db-creds-injector.numberly.io/orders.role":"orders-ro"}}}}}""", "no longer requests the same credentials")]
    [InlineData("""{"spec":{"template":{"spec":{"serviceAccountName":"other"}}}}""", "no longer requests the same credentials")]
    [InlineData("""{"spec":{"template":{"metadata":{"annotations":{"db-creds-injector.numberly.io/uuid":"7d0c1f3e-0000-0000-0000-000000000000"}},"spec":{"containers":[{"name":"app","image":"app:1","env":[{"name":"orders_USER","value":"u"},{"name":"orders_PASSWORD","value":"p"}]}]}}}}""", "Another user or program injected it in the meantime")]
    public async Task If_the_request_of_the_workload_changes_meanwhile_the_credentials_are_revoked(string change, string reported)
    {
        TestWorkspace workspace = null!;
        ObjectReference workload = null!;
        using (workspace = await TestWorkspace.CreateAsync(request =>
        {
            workspace.Change(workload, change);
            return TestWorkspace.Credential(request);
        }))
        {
            workload = await workspace.CreateAsync("Deployment");

            var result = await workspace.InjectAsync(workload, CredentialDelivery.Secret);

            Assert.Equal(InjectionStatus.Failed, result.Status);
            Assert.StartsWith($"{workload}: ", result.Error, StringComparison.Ordinal);
            Assert.Contains(reported, result.Error, StringComparison.Ordinal);
            await AssertNothingIsLeftAsync(workspace);
        }
    }

    [Fact]
    public async Task If_the_workload_is_deleted_meanwhile_the_credentials_are_revoked()
    {
        TestWorkspace workspace = null!;
        using (workspace = await TestWorkspace.CreateAsync(request =>
        {
            Task.Run(() => workspace.Objects.DeleteAsync(KubeResource.Deployments, "orders")).GetAwaiter().GetResult();
            return TestWorkspace.Credential(request);
        }))
        {
            var workload = await workspace.CreateAsync("Deployment");

            var result = await workspace.InjectAsync(workload, CredentialDelivery.Secret);

            Assert.Contains("not found", result.Error, StringComparison.Ordinal);
            await AssertNothingIsLeftAsync(workspace);
        }
    }

    [Fact]
    public async Task If_a_webhook_rejects_the_change_the_credentials_are_revoked()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment");
        using var webhook = await AdmissionWebhook.StartAsync(workspace, "deployments", request => !AdmissionWebhook.IsInEarnest(request));

        var result = await workspace.InjectAsync(workload, CredentialDelivery.Secret);

        Assert.Contains("not by the test's rules", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("It was not changed. The issued credentials are revoked.", result.Error, StringComparison.Ordinal);
        Assert.Single(workspace.Issuer.Issued);
        await AssertNothingIsLeftAsync(workspace);
    }

    [Fact]
    public async Task If_a_webhook_rejects_the_dry_run_nothing_is_issued()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment");
        using var webhook = await AdmissionWebhook.StartAsync(workspace, "deployments", _ => false);

        var result = await workspace.InjectAsync(workload);

        Assert.Contains("not by the test's rules", result.Error, StringComparison.Ordinal);
        Assert.Empty(workspace.Issuer.Issued);
    }

    [Fact]
    public async Task A_webhook_without_dry_run_support_does_not_prevent_the_injection()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment");
        using var webhook = await AdmissionWebhook.StartAsync(workspace, "deployments", _ => true, canBeTried: false);

        Assert.Equal(InjectionStatus.Injected, (await workspace.InjectAsync(workload)).Status);
    }

    [Fact]
    public async Task Without_permission_to_create_the_Secret_nothing_is_issued()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment");
        const string Path = "/apis/rbac.authorization.k8s.io/v1/namespaces";
        await TestCluster.SendAsync(HttpMethod.Post, $"{Path}/{workspace.Namespace}/roles", """{"metadata":{"name":"patcher"},"rules":[{"apiGroups":["apps"],"resources":["deployments"],"verbs":["get","patch"]}]}""");
        await TestCluster.SendAsync(HttpMethod.Post, $"{Path}/{workspace.Namespace}/rolebindings", """
            {"metadata":{"name":"patcher"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"patcher"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"kubeinject-viewer"}]}
            """);
        using var viewer = await TestCluster.OpenAsync("viewer", workspace.Namespace);

        InjectionResult With(CredentialDelivery delivery) => new WorkloadInjector(workspace.Source, viewer.Objects, workloadOptions: new() { Delivery = delivery }).InjectAsync(workload, CancellationToken.None).GetAwaiter().GetResult();
        var result = await Task.Run(() => With(CredentialDelivery.Secret));

        Assert.Matches($"^{workload}: {workspace.Namespace}/secret/orders-db-[0-9a-f]{{10}} cannot be created for the credentials: .*kubeinject-viewer", result.Error);
        Assert.Empty(workspace.Issuer.Issued);
        Assert.Equal(InjectionStatus.Injected, (await Task.Run(() => With(CredentialDelivery.Value))).Status);
    }

    [Fact]
    public async Task If_a_quota_prevents_the_Secret_nothing_is_issued()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync("Deployment");
        await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{workspace.Namespace}/resourcequotas", """{"metadata":{"name":"none"},"spec":{"hard":{"secrets":"0"}}}""");
        await TestCluster.SendAsync(HttpMethod.Put, $"/api/v1/namespaces/{workspace.Namespace}/resourcequotas/none/status", """{"metadata":{"name":"none"},"spec":{"hard":{"secrets":"0"}},"status":{"hard":{"secrets":"0"},"used":{"secrets":"0"}}}""");

        var result = await workspace.InjectAsync(workload, CredentialDelivery.Secret);

        Assert.Contains("exceeded quota", result.Error, StringComparison.Ordinal);
        Assert.Empty(workspace.Issuer.Issued);
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("CronJob")]
    public async Task With_Secret_delivery_the_workload_contains_no_password(string kind)
    {
        TestWorkspace workspace = null!;
        ObjectReference? recorded = null;
        using (workspace = await TestWorkspace.CreateAsync(request =>
        {
            recorded = workspace.Leases.Records[request.Uuid].Secret;
            return TestWorkspace.Credential(request);
        }))
        {
            var workload = await workspace.CreateAsync(kind);

            await workspace.InjectAsync(workload, CredentialDelivery.Secret);

            var secret = Assert.Single(await workspace.SecretsAsync());
            Assert.Equal(recorded, new ObjectReference("Secret", secret.Namespace, secret.Name));
            var document = await workspace.ReadAsync(workload);
            Assert.Equal(["KEPT=1", $"orders_USER={secret.Name}:orders.username", $"orders_PASSWORD={secret.Name}:orders.password"], TestWorkspace.Variables(TestWorkspace.TemplateOf(document)));
            Assert.DoesNotContain("password-orders", document.ToJsonString(), StringComparison.Ordinal);
            Assert.Equal(["orders.password=password-orders", "orders.username=user-orders"], secret.Values.Select(pair => $"{pair.Key}={pair.Value.Reveal()}").Order(StringComparer.Ordinal));

            var metadata = (await workspace.Objects.GetAsync(KubeResource.Secrets, secret.Name)).ToElement().GetProperty("metadata");
            var owner = Assert.Single(metadata.GetProperty("ownerReferences").EnumerateArray());
            Assert.Equal((kind, "orders", (string?)document["metadata"]!["uid"]), (owner.GetProperty("kind").GetString(), owner.GetProperty("name").GetString(), owner.GetProperty("uid").GetString()));
            Assert.Equal("kubeinject", secret.Labels["app.kubernetes.io/managed-by"]);
            var lease = Assert.Single(workspace.Leases.Records).Value;
            var selected = new List<string>();
            await foreach (var found in workspace.Objects.ListMetadataAsync(KubeResource.Secrets, new KubeQuery { LabelSelector = $"lease.kubeinject.io/{lease.Uuid}" }))
                selected.Add(found.Name);
            Assert.Equal([secret.Name], selected);

            await workspace.Source.WithCluster(workspace.Objects).RevokeAsync(lease, CancellationToken.None);
            await AssertNothingIsLeftAsync(workspace);
        }
    }

    [Fact]
    public async Task If_the_response_to_the_change_is_lost_the_credentials_are_kept()
    {
        using var proxy = new FaultProxy(request => IsChange(request) ? new FaultProxy.Fault { CutAfter = 0 } : null);
        using var workspace = await TestWorkspace.CreateAsync(proxy);
        var workload = await workspace.CreateAsync("Deployment");

        Assert.Equal(InjectionStatus.Injected, (await workspace.InjectAsync(workload)).Status);

        Assert.Single(workspace.Issuer.Live);
        Assert.Contains("orders_PASSWORD=password-orders", TestWorkspace.Variables(await workspace.TemplateAsync(workload)));
    }

    [Fact]
    public async Task If_the_change_never_arrives_the_credentials_are_revoked()
    {
        using var proxy = new FaultProxy(request => IsChange(request) ? FaultProxy.Fault.Error(500, "InternalError") : null);
        using var workspace = await TestWorkspace.CreateAsync(proxy);
        var workload = await workspace.CreateAsync("Deployment");

        var result = await workspace.InjectAsync(workload, CredentialDelivery.Secret);

        Assert.Equal(InjectionStatus.Failed, result.Status);
        await AssertNothingIsLeftAsync(workspace);
    }

    [Fact]
    public async Task If_the_outcome_is_unknown_the_credentials_are_left_to_the_sweep()
    {
        var isLost = false;
        using var proxy = new FaultProxy(request => (isLost |= IsChange(request)) ? new FaultProxy.Fault { CutAfter = 0 } : null);
        using var workspace = await TestWorkspace.CreateAsync(proxy);
        var workload = await workspace.CreateAsync("Deployment");

        var result = await workspace.InjectAsync(workload);

        Assert.Contains("if it was not changed, the next sweep revokes them", result.Error, StringComparison.Ordinal);
        Assert.Single(workspace.Issuer.Live);
        Assert.Single(workspace.Leases.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_during_the_change_leaves_all_or_nothing(bool hasArrived)
    {
        using var stop = new CancellationTokenSource();
        using var proxy = new FaultProxy(request =>
        {
            if (!IsChange(request))
                return null;
            if (hasArrived)
                Task.Run(() => TestCluster.SendAsync(HttpMethod.Get, "/version")).GetAwaiter().GetResult();
            stop.Cancel();
            return hasArrived ? null : new FaultProxy.Fault { NeverAnswers = true };
        });
        using var workspace = await TestWorkspace.CreateAsync(proxy);
        var workload = await workspace.CreateAsync("Deployment");

        var exception = await Record.ExceptionAsync(() => workspace.Injector(CredentialDelivery.Secret).InjectAsync(workload, stop.Token));

        var leases = InjectedLeases(await workspace.TemplateAsync(workload));
        Assert.True(exception is null or OperationCanceledException);
        if (hasArrived)
            Assert.Subset(workspace.Issuer.Live, leases.ToHashSet());
        else
            await AssertNothingIsLeftAsync(workspace);
    }

    [Fact]
    public async Task A_missing_workload_is_reported()
    {
        using var workspace = await TestWorkspace.CreateAsync();

        foreach (var kind in (string[])["Deployment", "CronJob", "Pod"])
        {
            var error = await Assert.ThrowsAsync<KubeApiException>(() => workspace.InjectAsync(new ObjectReference(kind, workspace.Namespace, "none")));
            Assert.Contains("\"none\" not found", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Deployment", ",\"paused\":true", "It is paused")]
    [InlineData("StatefulSet", ",\"updateStrategy\":{\"type\":\"OnDelete\"}", "OnDelete")]
    [InlineData("DaemonSet", ",\"updateStrategy\":{\"type\":\"OnDelete\"}", "OnDelete")]
    public async Task A_rollout_that_cannot_succeed_is_not_started(string kind, string spec, string reported)
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var workload = await workspace.CreateAsync(kind, spec: spec);

        var result = await workspace.Injector(mustRollOut: true).InjectAsync(workload, CancellationToken.None);

        Assert.Contains(reported, result.Error, StringComparison.Ordinal);
        Assert.Empty(workspace.Issuer.Issued);
        Assert.Equal(InjectionStatus.Injected, (await workspace.InjectAsync(workload)).Status);
    }

    internal static async Task AssertNothingIsLeftAsync(TestWorkspace workspace)
    {
        Assert.Empty(workspace.Issuer.Live);
        Assert.Empty(workspace.Leases.Records);
        Assert.Empty(await workspace.SecretsAsync());
    }

    internal static IEnumerable<Guid> InjectedLeases(JsonObject template) =>
        ((string?)template["metadata"]!["annotations"]![TestWorkspace.Uuid])?.Split(',').Select(Guid.Parse) ?? [];

    private static bool IsChange(FaultProxy.Request request) =>
        request.Method == "PATCH" && request.Path.Contains("/deployments/", StringComparison.Ordinal) && !request.Path.Contains("dryRun", StringComparison.Ordinal);
}
