using System.Diagnostics;
using KubeInject.Injection;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Workloads;

/// <summary>Pods without a controller cannot be changed, so another pod replaces them.</summary>
public sealed class PodRecreationTests
{
    [Fact]
    public async Task A_running_pod_cannot_be_changed_and_the_error_has_a_remedy()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var pod = await workspace.CreateAsync("Pod");

        var result = await workspace.InjectAsync(pod);

        Assert.Equal(InjectionStatus.Failed, result.Status);
        Assert.Contains("-Recreate", result.Error, StringComparison.Ordinal);
        Assert.Empty(workspace.Issuer.Issued);
    }

    [Theory]
    [InlineData("ReplicaSet", "apps/v1", true, "deployment/orders")]
    [InlineData("ReplicaSet", "apps/v1", false, "replicaset/orders-abc")]
    [InlineData("StatefulSet", "apps/v1", false, "statefulset/orders-abc")]
    public async Task The_error_for_a_managed_pod_names_its_workload(string kind, string version, bool hasDeployment, string named)
    {
        using var workspace = await TestWorkspace.CreateAsync();
        if (hasDeployment)
        {
            await TestCluster.SendAsync(HttpMethod.Post, $"/apis/apps/v1/namespaces/{workspace.Namespace}/replicasets", """
                {"metadata":{"name":"orders-abc","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"orders","uid":"1","controller":true}]},
                 "spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}
                """);
        }

        var pod = await workspace.CreateAsync("Pod");
        workspace.Change(pod, $$$"""{"metadata":{"ownerReferences":[{"apiVersion":"{{{version}}}","kind":"{{{kind}}}","name":"orders-abc","uid":"2","controller":true}]}}""");

        var result = await workspace.Injector(recreate: true).InjectAsync(pod, CancellationToken.None);

        Assert.Contains($"It belongs to {workspace.Namespace}/{named},", result.Error, StringComparison.Ordinal);
        Assert.Empty(workspace.Issuer.Issued);
    }

    [Theory]
    [InlineData(CredentialDelivery.Value)]
    [InlineData(CredentialDelivery.Secret)]
    public async Task The_replacement_pod_has_the_credentials(CredentialDelivery delivery)
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var pod = await workspace.CreateAsync("Pod", pod: ""","serviceAccountName":"orders","volumes":[{"name":"data","emptyDir":{}}]""");
        var before = await workspace.ReadAsync(pod);

        var result = await workspace.Injector(delivery, recreate: true).InjectAsync(pod, CancellationToken.None);

        Assert.Equal((InjectionStatus.Injected, null), (result.Status, result.Error));
        var after = await workspace.ReadAsync(pod);
        Assert.NotEqual((string?)before["metadata"]!["uid"], (string?)after["metadata"]!["uid"]);
        Assert.Equal("orders", (string?)after["spec"]!["serviceAccountName"]);
        Assert.Equal(before["spec"]!["volumes"]!.ToJsonString(), after["spec"]!["volumes"]!.ToJsonString());
        Assert.Equal("orders", workspace.Issuer.Issued.Single().ServiceAccountName);
        var password = delivery == CredentialDelivery.Value ? "password-orders" : $"{Assert.Single(await workspace.SecretsAsync()).Name}:orders.password";
        Assert.Equal(["KEPT=1", TestWorkspace.Variables(after)[1], $"orders_PASSWORD={password}"], TestWorkspace.Variables(after));
        if (delivery == CredentialDelivery.Secret)
        {
            var secret = await workspace.Objects.GetAsync(KubeResource.Secrets, (await workspace.SecretsAsync())[0].Name);
            var owner = Assert.Single(secret.ToElement().GetProperty("metadata").GetProperty("ownerReferences").EnumerateArray());
            Assert.Equal((string?)after["metadata"]!["uid"], owner.GetProperty("uid").GetString());
        }

        Assert.Equal(InjectionStatus.AlreadyInjected, (await workspace.InjectAsync(pod)).Status);
    }

    [Fact]
    public async Task A_plan_deletes_and_creates_nothing()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var pod = await workspace.CreateAsync("Pod");
        var before = await workspace.ReadAsync(pod);

        Assert.Equal(InjectionStatus.Planned, (await workspace.Injector(CredentialDelivery.Secret, recreate: true).PlanAsync(pod, CancellationToken.None)).Status);

        Assert.Equal(before.ToJsonString(), (await workspace.ReadAsync(pod)).ToJsonString());
        await WorkloadInjectorTests.AssertNothingIsLeftAsync(workspace);
    }

    [Fact]
    public async Task A_pod_that_could_not_be_created_again_is_not_deleted()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var pod = await workspace.CreateAsync("Pod");
        using var webhook = await AdmissionWebhook.StartAsync(workspace, "pods", _ => false);
        var before = await workspace.ReadAsync(pod);

        var result = await workspace.Injector(recreate: true).InjectAsync(pod, CancellationToken.None);

        Assert.Contains("not by the test's rules", result.Error, StringComparison.Ordinal);
        Assert.Equal(before.ToJsonString(), (await workspace.ReadAsync(pod)).ToJsonString());
        Assert.Empty(workspace.Issuer.Issued);
    }

    [Fact]
    public async Task If_the_replacement_is_rejected_the_old_pod_is_restored_and_the_credentials_are_revoked()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var pod = await workspace.CreateAsync("Pod");
        using var webhook = await AdmissionWebhook.StartAsync(
            workspace, "pods", request => !AdmissionWebhook.IsInEarnest(request) || !request.GetProperty("object").GetRawText().Contains("password-orders", StringComparison.Ordinal));

        var result = await workspace.Injector(recreate: true).InjectAsync(pod, CancellationToken.None);

        Assert.Contains("not by the test's rules", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("It was deleted, and was created again as it was. The issued credentials are revoked.", result.Error, StringComparison.Ordinal);
        Assert.Single(workspace.Issuer.Issued);
        Assert.Equal(["KEPT=1", "orders_USER=nouser"], TestWorkspace.Variables(await workspace.ReadAsync(pod)));
        await WorkloadInjectorTests.AssertNothingIsLeftAsync(workspace);
    }

    [Fact]
    public async Task Another_pod_with_the_same_name_is_kept()
    {
        TestWorkspace workspace = null!;
        using (workspace = await TestWorkspace.CreateAsync(request =>
        {
            Task.Run(async () =>
            {
                await workspace.Objects.DeleteAsync(KubeResource.Pods, "orders");
                await TestCluster.CreatePodAsync(workspace.Namespace, "orders");
            }).GetAwaiter().GetResult();
            return TestWorkspace.Credential(request);
        }))
        {
            var pod = await workspace.CreateAsync("Pod");

            var result = await workspace.Injector(recreate: true).InjectAsync(pod, CancellationToken.None);

            Assert.Contains("another user or program created a pod with the same name", result.Error, StringComparison.Ordinal);
            Assert.Equal("app", (string?)(await workspace.ReadAsync(pod))["spec"]!["containers"]![0]!["image"]);
            await WorkloadInjectorTests.AssertNothingIsLeftAsync(workspace);
        }
    }

    [Fact]
    public async Task The_replacement_is_created_after_the_old_pod_has_terminated()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        var pod = await CreateSlowAsync(workspace);

        var injection = workspace.Injector(recreate: true).InjectAsync(pod, CancellationToken.None);
        await DeletionAsync(workspace, pod);
        Assert.False(injection.IsCompleted);
        workspace.Change(pod, """{"metadata":{"finalizers":null}}""");

        Assert.Equal(InjectionStatus.Injected, (await injection).Status);
    }

    [Fact]
    public async Task Cancelling_while_the_old_pod_terminates_restores_it()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        using var stop = new CancellationTokenSource();
        var pod = await CreateSlowAsync(workspace);
        var uid = (string?)(await workspace.ReadAsync(pod))["metadata"]!["uid"];

        var injection = workspace.Injector(recreate: true).InjectAsync(pod, stop.Token);
        await DeletionAsync(workspace, pod);
        await stop.CancelAsync();
        workspace.Change(pod, """{"metadata":{"finalizers":null}}""");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => injection);
        var after = await workspace.ReadAsync(pod);
        Assert.NotEqual(uid, (string?)after["metadata"]!["uid"]);
        Assert.Equal(["KEPT=1", "orders_USER=nouser"], TestWorkspace.Variables(after));
        await WorkloadInjectorTests.AssertNothingIsLeftAsync(workspace);
    }

    [Fact]
    public async Task After_a_kill_while_the_old_pod_terminates_the_next_run_names_the_file_with_its_manifest()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        using var folder = new TemporaryFolder();
        var pod = await CreateSlowAsync(workspace);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(PodRecreationTests).Assembly.Location, "recreate", workspace.Namespace, pod.Name, folder.Path]) { RedirectStandardInput = true })!;
        await DeletionAsync(workspace, pod);
        process.Kill();
        await process.WaitForExitAsync();
        workspace.Change(pod, """{"metadata":{"finalizers":null}}""");
        var injector = Injector(workspace, folder.Path);

        var error = await Assert.ThrowsAsync<KubeApiException>(() => injector.InjectAsync(pod, CancellationToken.None));

        var file = Assert.Single(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
        Assert.Equal(injector.BackupOf(pod), file);
        Assert.Equal(KubeApiReason.NotFound, error.Reason);
        Assert.Contains($"Its manifest is in {file}: run 'kubectl create -f' with this file, then run this command again.", error.Message, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));

        await Command.KubectlAsync("create", "-n", workspace.Namespace, "-f", file);
        Assert.Equal(["KEPT=1", "orders_USER=nouser"], TestWorkspace.Variables(await workspace.ReadAsync(pod)));
        workspace.Change(pod, """{"metadata":{"finalizers":null}}""");
        Assert.Equal(InjectionStatus.Injected, (await injector.InjectAsync(pod, CancellationToken.None)).Status);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task If_the_manifest_cannot_be_saved_the_pod_is_not_deleted_and_nothing_is_issued()
    {
        using var workspace = await TestWorkspace.CreateAsync();
        using var folder = new TemporaryFolder();
        var pod = await workspace.CreateAsync("Pod");
        var before = await workspace.ReadAsync(pod);

        var result = await Injector(workspace, folder.Write("file", "no folder")).InjectAsync(pod, CancellationToken.None);

        Assert.Contains("The manifest cannot be saved, so the pod is not deleted.", result.Error, StringComparison.Ordinal);
        Assert.Empty(workspace.Issuer.Issued);
        Assert.Equal(before.ToJsonString(), (await workspace.ReadAsync(pod)).ToJsonString());
    }

    /// <summary>The process to kill: it recreates a pod and waits for its finalizer.</summary>
    internal static async Task RecreateAsync(string @namespace, string name, string folder)
    {
        using var connection = await TestCluster.OpenAsync(@namespace: @namespace);
        var injector = new WorkloadInjector(
            new CredentialSource(new RecordingIssuer(), new MemoryLeaseStore()), connection.Objects, workloadOptions: new WorkloadInjectionOptions { Recreate = true, BackupFolder = folder });
        await injector.InjectAsync(new ObjectReference("Pod", @namespace, name), CancellationToken.None);
    }

    private static WorkloadInjector Injector(TestWorkspace workspace, string backups) =>
        new(workspace.Source, workspace.Objects, workloadOptions: new WorkloadInjectionOptions { Recreate = true, BackupFolder = backups });

    /// <summary>A pod that is deleted only after its finalizer is removed.</summary>
    private static async Task<ObjectReference> CreateSlowAsync(TestWorkspace workspace)
    {
        var pod = await workspace.CreateAsync("Pod");
        workspace.Change(pod, """{"metadata":{"finalizers":["example.com/test"]}}""");
        return pod;
    }

    private static async Task DeletionAsync(TestWorkspace workspace, ObjectReference pod)
    {
        await foreach (var happened in workspace.Objects.WatchAsync(KubeResource.Pods, new KubeQuery { FieldSelector = $"metadata.name={pod.Name}" }))
        {
            if (happened.Object.ToElement().GetProperty("metadata").TryGetProperty("deletionTimestamp", out _))
                return;
        }
    }
}
