using System.Text.Json;
using KubeInject.Annotations;

namespace KubeInject.IntegrationTests.Injector;

/// <summary><c>kubeinject list</c>.</summary>
public sealed class ListCommandTests
{
    [Fact]
    public async Task Pods_that_request_databases_or_have_findings_are_listed()
    {
        var @namespace = await CreatePodsAsync();
        var result = await ListAsync("-n", @namespace, "--consistent");
        var lines = result.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            [["NAMESPACE", "NAME", "STATE", "DATABASES", "FINDINGS"], [@namespace, "misspelled", "None", "KI015"], [@namespace, "orders", "Pending", "orders,users", "KI023"], []],
            lines);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Names_have_the_format_of_kubectl_and_JSON_has_all_fields()
    {
        var @namespace = await CreatePodsAsync();
        Assert.Equal($"{@namespace}/pod/orders\n", (await ListAsync("-n", @namespace, "--consistent", "-l", "app=orders", "--format", "names")).Output);

        using var json = JsonDocument.Parse((await ListAsync("-n", @namespace, "--consistent", "--format", "json")).Output);
        Assert.Equal(["misspelled", "orders"], json.RootElement.EnumerateArray().Select(pod => pod.GetProperty("name").GetString()));
        var orders = json.RootElement[1];
        Assert.Equal(("VaultDbInjector", "Pending"), (orders.GetProperty("dialect").GetString(), orders.GetProperty("state").GetString()));
        Assert.Equal(["rw", "ro"], orders.GetProperty("databases").EnumerateArray().Select(database => database.GetProperty("role").GetString()));
        Assert.Equal("KI015", json.RootElement[0].GetProperty("findings")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_workload_whose_annotations_have_no_effect_is_listed_after_the_pods()
    {
        var @namespace = await CreatePodsAsync();
        await TestCluster.SendAsync(HttpMethod.Post, $"/apis/apps/v1/namespaces/{@namespace}/deployments", $$$"""
            {"metadata":{"name":"shop","annotations":{"{{{InjectionAnnotation.Prefix}}}orders.role":"rw"} },
             "spec":{"selector":{"matchLabels":{"app":"shop"} },"template":{"metadata":{"labels":{"app":"shop"} },"spec":{"containers":[{"name":"app","image":"app"}]} } } }
            """);

        var table = await ListAsync("-n", @namespace, "--consistent");

        Assert.Equal(new[] { @namespace, "deployment/shop", "None", "KI012,KI013" }, table.Output.TrimEnd().Split('\n')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal($"{@namespace}/deployment/shop", (await ListAsync("-n", @namespace, "--consistent", "--format", "names")).Output.TrimEnd().Split('\n')[^1]);
        using var json = JsonDocument.Parse((await ListAsync("-n", @namespace, "--format", "json")).Output);
        Assert.Equal("Deployment", json.RootElement[json.RootElement.GetArrayLength() - 1].GetProperty("kind").GetString());
        Assert.DoesNotContain("deployment", (await ListAsync("-n", @namespace, "-l", "app=orders")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_only_list_pods_gets_one_note()
    {
        var @namespace = await CreatePodsAsync();
        await TestCluster.AllowAsync(@namespace, "pods", "User", Identity.Viewer);

        var result = await ListAsync("--context", "viewer", "-n", @namespace);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("orders", result.Output, StringComparison.Ordinal);
        Assert.StartsWith($"note: Annotations in the metadata of some workloads were not checked. The permission to list deployments.apps in the namespace {@namespace} is missing.", Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_line_reports_that_no_pod_requests_anything()
    {
        var result = await ListAsync("-n", await TestCluster.CreateNamespaceAsync(), "--consistent");
        Assert.Equal((0, "", "note: No pod requests credentials.\n"), (result.ExitCode, result.Output, result.Error));
        Assert.Equal("[]\n", (await ListAsync("-n", "nowhere", "--format", "json")).Output);
    }

    [Fact]
    public async Task A_user_who_may_not_list_pods_gets_a_clear_error()
    {
        var result = await ListAsync("--context", "viewer", "-A");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("cannot list resource \"pods\"", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_kubeconfig_the_error_names_the_options()
    {
        using var folder = new TemporaryFolder();
        var result = await Command.KubeInjectAsync(["list"], home: folder.Path, environment: new Dictionary<string, string?> { ["KUBECONFIG"] = null, ["KUBERNETES_SERVICE_HOST"] = null });

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains($"KUBECONFIG is not set, and {folder.File(".kube/config")} does not exist.", result.Error, StringComparison.Ordinal);
        Assert.Contains("Specify --kubeconfig, or set KUBECONFIG.", result.Error, StringComparison.Ordinal);
    }

    private static async Task<string> CreatePodsAsync()
    {
        var @namespace = await TestCluster.CreateNamespaceAsync();
        await TestCluster.CreatePodAsync(@namespace, "misspelled", metadata: ""","labels":{"vault-db-injector":"true"}""");
        await TestCluster.CreatePodAsync(@namespace, "orders", metadata: $$""","labels":{"app":"orders","vault-db-injector":"true"},"annotations":{"{{InjectionAnnotation.Prefix}}orders.role":"rw","{{InjectionAnnotation.Prefix}}users.role":"ro","{{InjectionAnnotation.Prefix}}users.env-key-dbuser":"U","{{InjectionAnnotation.Prefix}}users.env-key-dbpassword":"P"}""");
        await TestCluster.CreatePodAsync(@namespace, "web");
        return @namespace;
    }

    private static Task<Command> ListAsync(params string[] arguments) =>
        Command.KubeInjectAsync(["list", "--kubeconfig", TestCluster.FilePath("kubeconfig"), .. arguments]);
}
