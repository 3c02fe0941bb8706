using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Injection.Rotation;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Workloads;

/// <summary>New credentials for workloads that already have some.</summary>
public sealed class CredentialRotationTests
{
    private const string Good = """{"observedGeneration":GENERATION,"replicas":1,"readyReplicas":1,"updatedReplicas":1,"availableReplicas":1,"currentRevision":"a","updateRevision":"a","currentNumberScheduled":1,"numberMisscheduled":0,"numberReady":1,"desiredNumberScheduled":1,"updatedNumberScheduled":1,"numberAvailable":1}""";

    // Fields of other kinds are removed, because the server does not store them.
    private const string Bad = """{"observedGeneration":GENERATION,"replicas":2,"updatedReplicas":1,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}""";

    [Theory]
    [InlineData("Deployment", CredentialDelivery.Value)]
    [InlineData("Deployment", CredentialDelivery.Secret)]
    [InlineData("StatefulSet", CredentialDelivery.Secret)]
    [InlineData("DaemonSet", CredentialDelivery.Value)]
    [InlineData("CronJob", CredentialDelivery.Secret)]
    public async Task The_pods_get_new_credentials_and_the_old_ones_are_revoked(string kind, CredentialDelivery delivery)
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, kind, delivery);
        var old = workspace.Issuer.Live.ToHashSet();
        var oldSecrets = (await workspace.SecretsAsync()).Select(secret => secret.Name).ToList();
        workspace.Play(workload, _ => Good);

        var result = await RotateAsync(workspace, workload);

        Assert.Equal((RotationStatus.Rotated, null, null), (result.Status, result.Error, result.Warning));
        Assert.Equal(old, result.Revoked.ToHashSet());
        Assert.Empty(result.NotRevoked);
        Assert.Equal(2, workspace.Issuer.Live.Count);
        Assert.Empty(workspace.Issuer.Live.Intersect(old));
        Assert.Equal(workspace.Issuer.Live, workspace.Leases.Records.Keys.ToHashSet());
        var template = await workspace.TemplateAsync(workload);
        Assert.Equal(workspace.Issuer.Live, WorkloadInjectorTests.InjectedLeases(template).ToHashSet());
        Assert.Equal(WorkloadInjectorTests.InjectedLeases(template).Select(uuid => $"{uuid}"), result.Databases.Select(database => database.Uuid));
        if (delivery == CredentialDelivery.Value)
        {
            Assert.Equal(["KEPT=1", "orders_USER=user-3", "orders_PASSWORD=password-3", "stock_USER=user-4", "stock_PASSWORD=password-4"], TestWorkspace.Variables(template));
        }
        else
        {
            var secret = Assert.Single(await workspace.SecretsAsync());
            Assert.DoesNotContain(secret.Name, oldSecrets);
            Assert.Equal("password-4", secret.Values["stock.password"].Reveal());
            Assert.Contains($"stock_PASSWORD={secret.Name}:stock.password", TestWorkspace.Variables(template));
            Assert.Contains($"stock_PASSWORD={secret.Name}:stock.password", TestWorkspace.Variables(template, "initContainers"));
        }
    }

    [Theory]
    [InlineData(CredentialDelivery.Value, CredentialDelivery.Secret)]
    [InlineData(CredentialDelivery.Secret, CredentialDelivery.Value)]
    public async Task The_delivery_can_change_during_a_rotation(CredentialDelivery before, CredentialDelivery after)
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", before);
        workspace.Play(workload, _ => Good);

        await new CredentialRotation(workspace.Source, workspace.Objects, rotationOptions: new RotationOptions { Delivery = after }).RotateAsync(workload, null, CancellationToken.None);

        Assert.Equal(after == CredentialDelivery.Secret ? 1 : 0, (await workspace.SecretsAsync()).Count);
        Assert.Equal(after == CredentialDelivery.Secret, !(await workspace.TemplateAsync(workload)).ToJsonString().Contains("password-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(CredentialDelivery.Value)]
    [InlineData(CredentialDelivery.Secret)]
    public async Task If_the_rollout_fails_the_template_is_restored_and_the_new_credentials_are_revoked(CredentialDelivery delivery)
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", delivery);
        var old = workspace.Issuer.Live.ToHashSet();
        var before = await workspace.TemplateAsync(workload);
        workspace.Play(workload, _ => Bad);

        var result = await RotateAsync(workspace, workload);

        Assert.Equal(RotationStatus.RolledBack, result.Status);
        Assert.Contains("exceeded its progress deadline", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("It has the old credentials again. The new ones are revoked.", result.Error, StringComparison.Ordinal);
        Assert.Equal(old.Select(uuid => $"{uuid}").Order(), result.Databases.Select(database => database.Uuid).Order());
        await AssertIsAsBeforeAsync(workspace, workload, before, old);
    }

    [Fact]
    public async Task If_the_rollout_times_out_the_template_is_restored_and_the_new_credentials_are_revoked()
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "StatefulSet", CredentialDelivery.Value);
        var old = workspace.Issuer.Live.ToHashSet();
        var before = await workspace.TemplateAsync(workload);

        var result = await new CredentialRotation(workspace.Source, workspace.Objects, rotationOptions: new RotationOptions { Timeout = TimeSpan.FromSeconds(1) })
            .RotateAsync(workload, null, CancellationToken.None);

        Assert.Equal(RotationStatus.RolledBack, result.Status);
        await AssertIsAsBeforeAsync(workspace, workload, before, old);
    }

    [Fact]
    public async Task Cancelling_restores_the_old_credentials()
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", CredentialDelivery.Secret);
        var old = workspace.Issuer.Live.ToHashSet();
        var before = await workspace.TemplateAsync(workload);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new CredentialRotation(workspace.Source, workspace.Objects).RotateAsync(
            workload, new CallbackProgress(_ => stop.Cancel()), stop.Token));

        await AssertIsAsBeforeAsync(workspace, workload, before, old);
    }

    [Fact]
    public async Task Restoring_the_old_credentials_keeps_changes_of_other_users()
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", CredentialDelivery.Value);
        var old = workspace.Issuer.Live.ToHashSet();
        var isChanged = false;

        await new CredentialRotation(workspace.Source, workspace.Objects, rotationOptions: new RotationOptions { Timeout = TimeSpan.FromSeconds(2) }).RotateAsync(
            workload,
            new CallbackProgress(_ =>
            {
                if (!isChanged)
                    workspace.Change(workload, """{"spec":{"template":{"metadata":{"labels":{"note":"1"}}}}}""");
                isChanged = true;
            }),
            CancellationToken.None);

        var template = await workspace.TemplateAsync(workload);
        Assert.Equal("1", (string?)template["metadata"]!["labels"]!["note"]);
        Assert.Contains("orders_PASSWORD=password-1", TestWorkspace.Variables(template));
        Assert.Equal(old, WorkloadInjectorTests.InjectedLeases(template).ToHashSet());
        Assert.Equal(old, workspace.Issuer.Live);
    }

    [Fact]
    public async Task Old_credentials_that_were_revoked_meanwhile_are_not_restored()
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", CredentialDelivery.Value);
        var old = workspace.Issuer.Live.ToHashSet();
        workspace.Play(workload, document =>
        {
            // After the workload has the new credentials.
            var text = document.GetRawText();
            foreach (var uuid in old.Where(uuid => workspace.Leases.Records.ContainsKey(uuid) && !text.Contains($"{uuid}", StringComparison.Ordinal)))
                workspace.Source.RevokeAsync(workspace.Leases.Records[uuid], CancellationToken.None).GetAwaiter().GetResult();
            return Bad;
        });

        var result = await new CredentialRotation(workspace.Source, workspace.Objects).RotateAsync(workload, null, CancellationToken.None);

        Assert.Equal(RotationStatus.Failed, result.Status);
        Assert.Contains("so the new ones are kept", result.Error, StringComparison.Ordinal);
        Assert.Equal(workspace.Issuer.Live, WorkloadInjectorTests.InjectedLeases(await workspace.TemplateAsync(workload)).ToHashSet());
    }

    [Fact]
    public async Task Old_credentials_that_a_pod_still_uses_are_left_to_the_sweep()
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", CredentialDelivery.Value);
        var old = workspace.Issuer.Live.ToHashSet();
        await TestCluster.CreatePodAsync(workspace.Namespace, "orders-old", metadata: $$$""","annotations":{"{{{InjectionAnnotation.Uuid}}}":"{{{old.First()}}}"}""");
        workspace.Play(workload, _ => Good);
        using var stop = new CancellationTokenSource();
        workspace.Connection.RequestCompleted += request =>
        {
            // The pods are read after all of them have the new template.
            if (request.ToString()!.Contains("/pods", StringComparison.Ordinal))
                stop.Cancel();
        };

        var result = await new CredentialRotation(workspace.Source, workspace.Objects).RotateAsync(workload, null, stop.Token);

        Assert.Equal(RotationStatus.Rotated, result.Status);
        Assert.Equal(old, result.NotRevoked.ToHashSet());
        Assert.Contains("The next sweep revokes them", result.Warning, StringComparison.Ordinal);
        Assert.Equal(4, workspace.Issuer.Live.Count);
        Assert.Equal(4, workspace.Leases.Records.Count);
    }

    [Theory]
    [InlineData("pods")]
    [InlineData("podtemplates")]
    public async Task Old_credentials_that_another_workload_or_namespace_uses_are_left_to_the_sweep(string resource)
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", CredentialDelivery.Value);
        var old = workspace.Issuer.Live.ToHashSet();
        var annotations = $$$""","annotations":{"{{{InjectionAnnotation.Uuid}}}":"{{{old.First()}}}"}""";
        if (resource == "pods")
            await TestCluster.CreatePodAsync(await TestCluster.CreateNamespaceAsync(), "copied", metadata: annotations);
        else
            await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{workspace.Namespace}/podtemplates", $$$"""{"metadata":{"name":"copied"},"template":{"metadata":{"labels":{}{{{annotations}}} },"spec":{"containers":[{"name":"app","image":"app"}]} } }""");
        workspace.Play(workload, _ => Good);

        var result = await RotateAsync(workspace, workload);

        Assert.Equal(RotationStatus.Rotated, result.Status);
        Assert.Equal(old, result.NotRevoked.ToHashSet());
        Assert.Contains("copied still has them", result.Warning, StringComparison.Ordinal);
        Assert.Subset(workspace.Issuer.Live, old);
    }

    [Fact]
    public async Task A_killed_rotation_leaves_a_state_that_the_sweep_cleans_up()
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", CredentialDelivery.Secret);
        var old = workspace.Issuer.Live.ToHashSet();
        await TestCluster.CreatePodAsync(workspace.Namespace, "orders-old", metadata: $$$""","annotations":{"{{{InjectionAnnotation.Uuid}}}":"{{{string.Join(',', old)}}}"}""");
        var source = workspace.Source.WithCluster(workspace.Objects);
        var writer = new WorkloadWriter(source, InjectionOptions.Default, workspace.Objects);
        await writer.WriteAsync(await writer.PlanAsync(workload, null, replaces: true, CancellationToken.None), replaces: true, CancellationToken.None);

        await SweepAsync();
        Assert.Equal(4, workspace.Issuer.Live.Count);

        await workspace.Objects.DeleteAsync(KubeResource.Pods, "orders-old", options: new KubeDeleteOptions { GracePeriodSeconds = 0 });
        await SweepAsync();
        Assert.Equal(WorkloadInjectorTests.InjectedLeases(await workspace.TemplateAsync(workload)).ToHashSet(), workspace.Issuer.Live);
        Assert.Single(await workspace.SecretsAsync());

        async Task SweepAsync()
        {
            var sweep = new LeaseSweep(source, workspace.Objects, new LeaseOptions { Namespace = workspace.Namespace, GracePeriod = TimeSpan.Zero });
            Assert.Equal(0, (await sweep.RunAsync(await sweep.PlanAsync(CancellationToken.None), null, CancellationToken.None)).Failed);
        }
    }

    [Fact]
    public async Task Old_credentials_of_another_source_are_reported()
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", CredentialDelivery.Value);
        workspace.Leases.Records.Clear();
        workspace.Play(workload, _ => Good);

        var result = await RotateAsync(workspace, workload);

        Assert.Equal((RotationStatus.Rotated, 2, 0), (result.Status, result.NotRevoked.Count, result.Revoked.Count));
        Assert.Contains("the source 'test' has no record of it", result.Warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("elsewhere", null)]
    [InlineData(null, null)]
    [InlineData("", "someuser")]
    public async Task Old_credentials_that_were_issued_for_another_owner_are_left_to_the_sweep(string? @namespace, string? name)
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", CredentialDelivery.Value);
        var old = workspace.Issuer.Live.ToHashSet();
        var stranger = old.First();
        var record = workspace.Leases.Records[stranger];
        workspace.Leases.Records[stranger] = record with { Owner = record.Owner with { Namespace = @namespace == "" ? record.Owner.Namespace : @namespace, Name = name ?? record.Owner.Name } };
        workspace.Play(workload, _ => Good);

        var result = await RotateAsync(workspace, workload);

        Assert.Equal(RotationStatus.Rotated, result.Status);
        Assert.Equal([stranger], result.NotRevoked);
        Assert.Equal(old.Except([stranger]), result.Revoked);
        Assert.Contains($"it was issued for {workspace.Leases.Records[stranger].Owner}", result.Warning, StringComparison.Ordinal);
        Assert.Contains(stranger, workspace.Issuer.Live);
    }

    [Fact]
    public async Task A_plan_changes_nothing()
    {
        using var workspace = await NumberedAsync();
        var workload = await InjectedAsync(workspace, "Deployment", CredentialDelivery.Secret);
        var before = await workspace.ReadAsync(workload);

        var plan = await new CredentialRotation(workspace.Source, workspace.Objects).PlanAsync(workload, CancellationToken.None);

        Assert.Equal(RotationStatus.Planned, plan.Status);
        Assert.Equal(2, workspace.Issuer.Issued.Count);
        Assert.Single(await workspace.SecretsAsync());
        Assert.True(JsonNode.DeepEquals(before, await workspace.ReadAsync(workload)));
    }

    [Fact]
    public async Task A_workload_without_credentials_gets_none()
    {
        using var workspace = await NumberedAsync();
        var workload = await workspace.CreateAsync("Deployment");

        Assert.Equal(RotationStatus.NotInjected, (await RotateAsync(workspace, workload)).Status);
        Assert.Equal(RotationStatus.Failed, (await RotateAsync(workspace, await workspace.CreateAsync("Pod"))).Status);
        Assert.Empty(workspace.Issuer.Issued);
    }

    private static async Task<TestWorkspace> NumberedAsync()
    {
        var count = 0;
        return await TestWorkspace.CreateAsync(request =>
        {
            count++;
            return new Credential($"user-{count}", new SensitiveString($"password-{count}"));
        });
    }

    private static async Task<ObjectReference> InjectedAsync(TestWorkspace workspace, string kind, CredentialDelivery delivery)
    {
        var workload = await workspace.CreateAsync(kind, databases: "orders stock");
        Assert.Equal(InjectionStatus.Injected, (await workspace.InjectAsync(workload, delivery)).Status);
        return workload;
    }

    private static Task<RotationResult> RotateAsync(TestWorkspace workspace, ObjectReference workload) =>
        new CredentialRotation(workspace.Source, workspace.Objects).RotateAsync(workload, null, CancellationToken.None);

    private static async Task AssertIsAsBeforeAsync(TestWorkspace workspace, ObjectReference workload, JsonObject before, HashSet<Guid> old)
    {
        Assert.True(JsonNode.DeepEquals(before, await workspace.TemplateAsync(workload)), "The template is another one.");
        Assert.Equal(4, workspace.Issuer.Issued.Count);
        Assert.Equal(old, workspace.Issuer.Live);
        Assert.Equal(old, workspace.Leases.Records.Keys.ToHashSet());
        Assert.Equal(before.ToJsonString().Contains("secretKeyRef", StringComparison.Ordinal) ? 1 : 0, (await workspace.SecretsAsync()).Count);
    }

    private sealed class CallbackProgress(Action<RolloutStatus> callback) : IProgress<RolloutStatus>
    {
        public void Report(RolloutStatus value) => callback(value);
    }
}
