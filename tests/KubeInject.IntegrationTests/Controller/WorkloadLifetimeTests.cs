using System.Diagnostics;
using KubeInject.Controller;
using KubeInject.Credentials;
using KubeInject.IntegrationTests.Admission;
using KubeInject.Kubernetes.Objects;
using Xunit.Abstractions;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>From <c>kubectl apply</c> to <c>kubectl delete</c>: kubectl, the controller manager, the webhook and the controller as separate processes.</summary>
[Collection(nameof(ControllerManagerCluster))]
public sealed class WorkloadLifetimeTests(ControllerManagerCluster cluster, ITestOutputHelper output) : ControllerTest(cluster)
{
    [ControllerManagerFact]
    public async Task A_pod_of_a_Deployment_has_credentials_until_it_is_deleted()
    {
        await using var webhook = await RegisteredWebhook.StartAsync(Connection);
        using var program = StartDeployed();
        await UntilAsync(() => Task.FromResult(program.IsLeading), "the program does not lead");
        var (pod, credential) = await ApplyAsync();

        var watch = Stopwatch.StartNew();
        await KubectlAsync("delete", "deployment", "orders", "--wait=false");
        await UntilDeletedAsync(pod);
        var deleted = watch.Elapsed;
        await UntilRevokedAsync(credential);
        output.WriteLine($"The login role was gone {(watch.Elapsed - deleted).TotalMilliseconds:0} ms after the pod.");

        await UntilNoSecretAsync();
        Assert.Equal(0, await CountLoginRolesAsync());
    }

    [ControllerManagerFact]
    public async Task The_Secret_is_deleted_with_its_pod_even_while_no_controller_runs()
    {
        await using var webhook = await RegisteredWebhook.StartAsync(Connection);
        using var program = StartDeployed();
        await UntilAsync(() => Task.FromResult(program.IsLeading), "the program does not lead");
        var (pod, credential) = await ApplyAsync();
        await program.TerminateAsync();

        await KubectlAsync("delete", "deployment", "orders", "--wait=false");
        await UntilDeletedAsync(pod);
        await UntilNoSecretAsync();

        Assert.True(await TestDatabase.HasRoleAsync(credential.Username));
        using var next = StartDeployed();
        await UntilRevokedAsync(credential);
    }

    private ServeProcess StartDeployed() => new("--kubeconfig", ManagedCluster.Kubeconfig, "--context", "admin", "--lease-namespace", Namespace, "--skip-custom-resources");

    private async Task<(PodKey Pod, Credential Credential)> ApplyAsync()
    {
        await ApplyAsync($$$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"orders"},"spec":{"selector":{"matchLabels":{"app":"orders"} },
             "template":{"metadata":{"labels":{"test":"{{{Namespace}}}","vault-db-injector":"true","app":"orders"},"annotations":{"db-creds-injector.numberly.io/orders.role":"{{{Role}}}"} },
             "spec":{"containers":[{"name":"app","image":"app"}]} } } }
            """);
        var found = (await ManagedCluster.UntilAsync(Connection, KubeResource.Pods, pods => pods.Count == 1))[0];
        var watch = Stopwatch.StartNew();
        var pod = new PodKey(Namespace, found.Name, found.Uid!);
        var credential = await UntilIssuedAsync(pod);
        output.WriteLine($"The Secret existed {watch.ElapsedMilliseconds} ms after the pod was seen.");
        Assert.True(await TestDatabase.CanLogInAsync(credential));
        return (pod, credential);
    }

    private async Task UntilDeletedAsync(PodKey pod) => await ManagedCluster.UntilAsync(Connection, KubeResource.Pods, pods => pods.TrueForAll(found => found.Uid != pod.Uid));

    private async Task UntilNoSecretAsync() => await ManagedCluster.UntilAsync(Connection, KubeResource.Secrets, secrets => secrets.TrueForAll(secret => !secret.Name.StartsWith("kubeinject-", StringComparison.Ordinal)));

    private Task ApplyAsync(string manifest) => KubectlAsync(["apply", "--filename", "-"], manifest);

    private Task KubectlAsync(params string[] arguments) => KubectlAsync(arguments, null);

    private async Task KubectlAsync(string[] arguments, string? input)
    {
        var result = await Command.RunAsync("kubectl", ["--kubeconfig", ManagedCluster.Kubeconfig, "--context", "admin", "--namespace", Namespace, .. arguments], input);
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
