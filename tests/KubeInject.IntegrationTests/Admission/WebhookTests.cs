using System.Net;
using System.Text.Json.Nodes;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using static KubeInject.IntegrationTests.Admission.RegisteredWebhook;

namespace KubeInject.IntegrationTests.Admission;

/// <summary>A real API server calls the webhook over TLS.</summary>
public sealed class WebhookTests : IAsyncLifetime, IDisposable
{
    private const string Canary = "hunter2-7f3a";

    private KubeConnection cluster = null!;

    public async Task InitializeAsync() => cluster = await TestCluster.OpenAsync(@namespace: await TestCluster.CreateNamespaceAsync());

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task A_pod_gets_variables_from_the_Secret_of_its_UUID_and_nothing_else_changes()
    {
        await using var webhook = await StartAsync(cluster);
        const string Spec = ""","nodeSelector":{"kubernetes.io/os":"windows"},"initContainers":[{"name":"migrate","image":"app"}]""";

        var pod = JsonNode.Parse(await webhook.CreateAsync(Pod(cluster.Namespace, name: """ "generateName":"orders-" """, spec: Spec)))!;
        var plain = JsonNode.Parse(await webhook.CreateAsync(Pod("none", name: """ "name":"plain" """, spec: Spec)))!;

        var secret = $"kubeinject-{UuidsOf(pod)}";
        Assert.Equal([("DBUSER", secret), ("URL", null), ("DBPASSWORD", secret)], VariablesOf(pod["spec"]!["containers"]![0]!));
        Assert.Equal([("DBUSER", secret), ("DBPASSWORD", secret)], VariablesOf(pod["spec"]!["initContainers"]![0]!));
        Assert.Equal([("URL", null)], VariablesOf(plain["spec"]!["containers"]![0]!));
        foreach (var container in new[] { pod, plain }.SelectMany(each => new[] { each["spec"]!["containers"]![0]!, each["spec"]!["initContainers"]![0]! }))
            container.AsObject().Remove("env");
        Assert.Equal(plain["spec"]!.ToJsonString(), pod["spec"]!.ToJsonString());
    }

    [Fact]
    public async Task A_dry_run_and_a_real_creation_create_no_Secret()
    {
        await using var webhook = await StartAsync(cluster);

        var tried = JsonNode.Parse(await webhook.CreateAsync(Pod(cluster.Namespace), isDryRun: true))!;
        var created = JsonNode.Parse(await webhook.CreateAsync(Pod(cluster.Namespace)))!;

        Assert.Equal(VariablesOf(created["spec"]!["containers"]![0]!).Select(variable => variable.Name), VariablesOf(tried["spec"]!["containers"]![0]!).Select(variable => variable.Name));
        Assert.NotEqual(UuidsOf(created), UuidsOf(tried));
        Assert.DoesNotContain("kubeinject-", await webhook.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{cluster.Namespace}/secrets"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_that_is_added_later_has_no_effect()
    {
        await using var webhook = await StartAsync(cluster);
        await webhook.CreateAsync(Pod("none"));

        var patched = await webhook.SendAsync(
            HttpMethod.Patch, $"/api/v1/namespaces/{cluster.Namespace}/pods/orders", $$$"""{"metadata":{"labels":{"test":"{{{cluster.Namespace}}}"} } }""", "application/merge-patch+json");

        Assert.DoesNotContain("secretKeyRef", patched, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_names_the_annotation_and_the_remedy_and_a_warning_reaches_the_user()
    {
        await using var webhook = await StartAsync(cluster);

        var error = await Assert.ThrowsAsync<KubeApiException>(() => webhook.CreateAsync(Pod(cluster.Namespace, ""","db-creds-injector.numberly.io/orders.mode":"url" """)));

        Assert.Equal((403, KubeApiReason.Forbidden), (error.StatusCode, error.Reason));
        Assert.Contains("admission webhook \"pods.kubeinject.io\" denied the request: KI005 Annotation 'db-creds-injector.numberly.io/orders.mode'", error.Message, StringComparison.Ordinal);
        var applied = await ApplyAsync(Pod(cluster.Namespace, ""","db-creds-injector.numberly.io/orders.rol":"rw" """));
        Assert.Contains("Warning: KI002 ", applied.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sidecar_that_another_webhook_adds_later_gets_the_variables_of_the_only_Secret()
    {
        using var other = new FaultProxy(AddSidecar);
        var second = Webhook("sidecars.example.com", cluster.Namespace, new Uri(other.Server, "/mutate"), TestCluster.ReadText("ca.crt"));
        await using var webhook = await StartAsync(cluster, $",{second}");

        var pod = JsonNode.Parse(await webhook.CreateAsync(Pod(cluster.Namespace)))!;

        var secret = $"kubeinject-{UuidsOf(pod)}";
        Assert.Equal(["app", "sidecar"], pod["spec"]!["containers"]!.AsArray().Select(container => container!["name"]!.GetValue<string>()));
        Assert.Equal([("DBUSER", secret), ("URL", null), ("DBPASSWORD", secret)], VariablesOf(pod["spec"]!["containers"]![0]!));
        Assert.Equal([("DBUSER", secret), ("DBPASSWORD", secret)], VariablesOf(pod["spec"]!["containers"]![1]!));
    }

    [Fact]
    public async Task A_copy_of_a_pod_in_the_same_or_another_namespace_gets_UUIDs_of_its_own_pod()
    {
        await using var webhook = await StartAsync(cluster);
        var original = JsonNode.Parse(await webhook.CreateAsync(Pod(cluster.Namespace)))!;
        var copy = (JsonObject)original.DeepClone();
        copy["metadata"] = new JsonObject
        {
            ["name"] = "copy",
            ["labels"] = original["metadata"]!["labels"]!.DeepClone(),
            ["annotations"] = original["metadata"]!["annotations"]!.DeepClone(),
        };
        var other = await TestCluster.CreateNamespaceAsync();

        var here = JsonNode.Parse(await webhook.CreateAsync(copy.ToJsonString()))!;
        var there = JsonNode.Parse(await webhook.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{other}/pods", copy.ToJsonString()))!;

        Assert.All([here, there], pod => Assert.DoesNotContain(UuidsOf(original), pod.ToJsonString(), StringComparison.Ordinal));
        Assert.NotEqual(UuidsOf(here), UuidsOf(there));
        Assert.Equal([("DBUSER", $"kubeinject-{UuidsOf(here)}"), ("URL", null), ("DBPASSWORD", $"kubeinject-{UuidsOf(here)}")], VariablesOf(here["spec"]!["containers"]![0]!));
    }

    [Fact]
    public async Task All_admissions_are_answered_when_the_program_is_terminated()
    {
        await using var webhook = await StartAsync(cluster);

        var pods = Enumerable.Range(0, 50).Select(_ => webhook.CreateAsync(Pod(cluster.Namespace, name: """ "generateName":"orders-" """))).ToList();
        await webhook.Process.TerminateAsync();
        var created = await Task.WhenAll(pods);

        Assert.All(created, pod => Assert.Contains("secretKeyRef", pod, StringComparison.Ordinal));
        Assert.Equal(0, await webhook.Process.UntilEndAsync());
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task No_secret_is_in_the_log_the_metrics_or_an_answer(string logFormat)
    {
        await using var webhook = await StartAsync(cluster, logFormat: logFormat);
        string Uri(string template) => $""","db-creds-injector.numberly.io/orders.mode":"uri","db-creds-injector.numberly.io/orders.env-key-uri":"DATABASE_URL","db-creds-injector.numberly.io/orders.template":"{template}" """;
        var texts = new List<string>();
        foreach (var template in new[] { $"postgres://me:{Canary}@db/x", $"me:{Canary}@tcp(db)/x", $"postgres://$(X)/x?password={Canary}", $"Server=db;Password={Canary}" })
        {
            try
            {
                var pod = JsonNode.Parse(await webhook.CreateAsync(Pod(cluster.Namespace, Uri(template), """ "generateName":"orders-" """)))!;
                texts.Add(pod["spec"]!.ToJsonString());
            }
            catch (KubeApiException refused)
            {
                texts.Add(refused.Message);
            }
        }

        using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate is not null });
        var invalid = await client.PostAsync(webhook.Process.Webhook, new StringContent($$"""{"{{Canary}}":1"""));
        Assert.Equal(HttpStatusCode.BadRequest, invalid.StatusCode);
        texts.Add(await invalid.Content.ReadAsStringAsync());
        texts.Add(await webhook.Process.GetAsync("/metrics"));
        texts.Add(webhook.Process.Log);

        Assert.Contains(texts, text => text.Contains("denied the request", StringComparison.Ordinal));
        Assert.Contains("Refused", webhook.Process.Log, StringComparison.Ordinal);
        Assert.Contains("Allowed", webhook.Process.Log, StringComparison.Ordinal);
        Assert.All(texts, text => Assert.DoesNotContain(Canary, text, StringComparison.Ordinal));
    }

    private static string UuidsOf(JsonNode pod) => pod["metadata"]!["annotations"]!["db-creds-injector.numberly.io/uuid"]!.GetValue<string>();

    private static List<(string Name, string? Secret)> VariablesOf(JsonNode container) =>
        [.. container["env"]!.AsArray().Select(variable => (variable!["name"]!.GetValue<string>(), variable["valueFrom"]?["secretKeyRef"]?["name"]?.GetValue<string>()))];

    private async Task<Command> ApplyAsync(string pod)
    {
        var applied = await Command.RunAsync("kubectl", ["--kubeconfig", TestCluster.FilePath("kubeconfig"), "-n", cluster.Namespace, "apply", "-f", "-"], pod);
        Assert.True(applied.ExitCode == 0, applied.Error);
        return applied;
    }

    // Adds a sidecar to a pod without one, as a service mesh does.
    private static FaultProxy.Fault AddSidecar(FaultProxy.Request request)
    {
        var review = JsonNode.Parse(request.Body)!["request"]!;
        var response = new JsonObject { ["uid"] = review["uid"]!.GetValue<string>(), ["allowed"] = true };
        if (!review["object"]!["spec"]!["containers"]!.AsArray().Any(container => container!["name"]!.GetValue<string>() == "sidecar"))
        {
            response["patchType"] = "JSONPatch";
            response["patch"] = Convert.ToBase64String("""[{"op":"add","path":"/spec/containers/-","value":{"name":"sidecar","image":"mesh"}}]"""u8);
        }

        return new FaultProxy.Fault { Status = 200, Body = new JsonObject { ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview", ["response"] = response }.ToJsonString() };
    }
}
