using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>The manifests in <c>deploy</c>.</summary>
public sealed class DeployTests : ControllerTest
{
    [Fact]
    public async Task The_API_server_accepts_the_manifests()
    {
        var manifests = (await Command.KubectlAsync("kustomize", Repository.File("deploy"))).Replace("namespace: kubeinject", $"namespace: {Namespace}", StringComparison.Ordinal);

        // Kubernetes 1.20 has only the beta version.
        if (!(await Command.KubectlAsync("api-versions")).Contains("policy/v1\n", StringComparison.Ordinal))
            manifests = manifests.Replace("policy/v1", "policy/v1beta1", StringComparison.Ordinal);
        var result = await ApplyAsync(manifests, "--dry-run=server");

        Assert.Equal(
            ["clusterrole", "clusterrolebinding", "deployment", "mutatingwebhookconfiguration", "namespace", "poddisruptionbudget", "role", "rolebinding", "service", "serviceaccount"],
            result.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('.', '/')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_rights_are_sufficient_for_the_webhook_and_the_controller()
    {
        using var folder = new TemporaryFolder();
        var kubeconfig = DeployedRights.WriteKubeconfig(folder, await DeployedRights.GrantAsync(Connection));
        using var program = new ServeProcess(
            "--role", "both", "--listen", "127.0.0.1:0", "--kubeconfig", kubeconfig, "--lease-namespace", Namespace, "--injector-label", Injection.LabelKey, "--skip-custom-resources",
            "--service-name", Namespace, "--webhook-configuration", Namespace);
        await UntilAsync(() => Task.FromResult(program.IsLeading), "the program does not lead");
        using var client = new HttpClient();
        await UntilAsync(
            async () => (await (await client.GetAsync(new Uri(program.Health, "/readyz"))).Content.ReadAsStringAsync()).Contains("the MutatingWebhookConfiguration does not exist", StringComparison.Ordinal),
            "the program does not report what is missing");
        await ApplyAsync((await ReadAsync("deploy/webhook.yaml")).Replace("vault-db-injector", Injection.LabelKey + "-not-called", StringComparison.Ordinal));
        await UntilAsync(async () => (await client.GetAsync(new Uri(program.Health, "/readyz"))).IsSuccessStatusCode, "the program is not ready");
        Assert.NotEmpty(await Command.KubectlAsync("get", "mutatingwebhookconfiguration", Namespace, "--output", "jsonpath={.webhooks[0].clientConfig.caBundle}"));
        await Command.KubectlAsync("delete", "mutatingwebhookconfiguration", Namespace);

        var pod = await CreatePodAsync("orders");
        var credential = await UntilIssuedAsync(pod);
        await DeleteAsync(pod);
        await UntilRevokedAsync(credential);
        await UntilAsync(async () => (await Records.ListAsync(CancellationToken.None)).Count == 0, "the record exists");

        Assert.Equal(0, await program.TerminateAsync());
        Assert.DoesNotContain("permission", program.Log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("forbidden", program.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_controller_that_may_not_watch_pods_is_not_ready_and_says_why()
    {
        var watch = (await DeployedRights.ReadAsync()).Single(right => right is { Resource: "pods", Verb: "watch" });
        using var folder = new TemporaryFolder();
        using var program = new ServeProcess("--kubeconfig", DeployedRights.WriteKubeconfig(folder, await DeployedRights.GrantAsync(Connection, watch)), "--lease-namespace", Namespace, "--injector-label", Injection.LabelKey);
        await UntilAsync(() => Task.FromResult(program.IsLeading && program.Log.Contains(watch.Denial, StringComparison.Ordinal)), "the log does not name the right");
        using var client = new HttpClient();
        var response = await client.GetAsync(new Uri(program.Health, "/readyz"));
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.StartsWith("not ready: controller cannot watch pods: pods is forbidden: ", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await Command.KubectlAsync("create", "clusterrolebinding", $"{Namespace}-watch", "--clusterrole=cluster-admin", $"--serviceaccount={Namespace}:{Namespace}");
        await UntilAsync(() => Task.FromResult(program.Log.Contains("The controller can watch pods again.", StringComparison.Ordinal)), "the watch does not begin");
        Assert.Equal("ready\n", await client.GetStringAsync(new Uri(program.Health, "/readyz")));
        Assert.Single(program.Log.Split('\n'), line => line.Contains(watch.Denial, StringComparison.Ordinal));
        await Command.KubectlAsync("delete", "clusterrolebinding", $"{Namespace}-watch");
    }

    /// <summary>Reads a manifest for the namespace of the test, with its name for all objects that are not in a namespace.</summary>
    private async Task<string> ReadAsync(string path) => (await File.ReadAllTextAsync(Repository.File(path)))
        .Replace("name: kubeinject", $"name: {Namespace}", StringComparison.Ordinal)
        .Replace("namespace: kubeinject", $"namespace: {Namespace}", StringComparison.Ordinal)
        .Replace("resourceNames: [kubeinject]", $"resourceNames: [{Namespace}]", StringComparison.Ordinal);

    private static async Task<string> ApplyAsync(string manifests, params string[] options)
    {
        var result = await Command.RunAsync("kubectl", ["--kubeconfig", TestCluster.FilePath("kubeconfig"), "apply", "--filename", "-", .. options], manifests);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }
}
