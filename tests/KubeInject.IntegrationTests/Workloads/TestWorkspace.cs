using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Injection.Workloads;
using KubeInject.IntegrationTests.Kubernetes;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Workloads;

/// <summary>A namespace with workloads, a credential source, and a simulation of the controllers that the cluster lacks.</summary>
internal sealed class TestWorkspace : IDisposable
{
    public const string Uuid = "db-creds-injector.numberly.io/uuid";

    private readonly CancellationTokenSource end = new();

    private readonly KubeResource cronJobs;

    private TestWorkspace(KubeConnection connection, KubeResource cronJobs, Func<LeaseRecord, Credential>? issue)
    {
        this.cronJobs = cronJobs;
        Connection = connection;
        Issuer = new RecordingIssuer(issue);
        Source = new CredentialSource(Issuer, Leases);
    }

    public KubeConnection Connection { get; }

    internal KubeObjectClient Objects => Connection.Objects;

    public string Namespace => Connection.Namespace;

    public RecordingIssuer Issuer { get; }

    public MemoryLeaseStore Leases { get; } = new();

    public CredentialSource Source { get; }

    public static async Task<TestWorkspace> CreateAsync(Func<LeaseRecord, Credential>? issue = null) =>
        new(await TestCluster.OpenAsync(@namespace: await TestCluster.CreateNamespaceAsync()), await TestCluster.DiscoverAsync(KubeResource.CronJobs), issue);

    public static async Task<TestWorkspace> CreateAsync(FaultProxy proxy, Func<LeaseRecord, Credential>? issue = null) =>
        new(await proxy.OpenAsync(await TestCluster.CreateNamespaceAsync()), await TestCluster.DiscoverAsync(KubeResource.CronJobs), issue);

    public static Credential Credential(LeaseRecord lease) => new($"user-{lease.Database}", new SensitiveString($"password-{lease.Database}"), $"lease/{lease.Uuid}");

    public KubeResource ResourceOf(string kind) => kind switch
    {
        "Deployment" => KubeResource.Deployments,
        "StatefulSet" => KubeResource.StatefulSets,
        "DaemonSet" => KubeResource.DaemonSets,
        "CronJob" => cronJobs,
        _ => KubeResource.Pods,
    };

    public WorkloadInjector Injector(CredentialDelivery delivery = CredentialDelivery.Value, bool recreate = false, bool mustRollOut = false) =>
        new(Source, Objects, workloadOptions: new WorkloadInjectionOptions { Delivery = delivery, Recreate = recreate, MustRollOut = mustRollOut });

    public Task<InjectionResult> InjectAsync(ObjectReference workload, CredentialDelivery delivery = CredentialDelivery.Value) =>
        Injector(delivery).InjectAsync(workload, CancellationToken.None);

    /// <summary>Creates a workload that requests credentials of the databases.</summary>
    public async Task<ObjectReference> CreateAsync(string kind, string name = "orders", string databases = "orders", string spec = "", string pod = "")
    {
        var annotations = string.Join(',', databases.Split(' ').Select(database => $$"""
            "db-creds-injector.numberly.io/{{database}}.role":"{{database}}-rw","db-creds-injector.numberly.io/{{database}}.env-key-dbuser":"{{database}}_USER","db-creds-injector.numberly.io/{{database}}.env-key-dbpassword":"{{database}}_PASSWORD"
            """));
        var template = $$$"""
            {"metadata":{"labels":{"app":"{{{name}}}"},"annotations":{ {{{annotations}}} } },
             "spec":{"restartPolicy":"RESTART"{{{pod}}},"initContainers":[{"name":"init","image":"init:1"}],"containers":[{"name":"app","image":"app:1","env":[{"name":"KEPT","value":"1"},{"name":"orders_USER","value":"nouser"}]}]}}
            """.Replace("RESTART", kind == "CronJob" ? "Never" : "Always", StringComparison.Ordinal);
        var selector = $$$"""{"selector":{"matchLabels":{"app":"{{{name}}}"} }{{{spec}}},"template":""";
        var document = kind switch
        {
            "Pod" => JsonNode.Parse(template)!,
            "CronJob" => JsonNode.Parse($$$"""{"metadata":{},"spec":{"schedule":"0 0 * * *","jobTemplate":{"spec":{"template":{{{template}}} } } } }""")!,
            "StatefulSet" => JsonNode.Parse($$$"""{"metadata":{},"spec":{"serviceName":"x",{{{selector[1..]}}}{{{template}}} }}""")!,
            _ => JsonNode.Parse($$$"""{"metadata":{},"spec":{{{selector}}}{{{template}}} }}""")!,
        };
        document["metadata"]!["name"] = name;
        await Objects.CreateAsync(ResourceOf(kind), KubeObject.Parse(document.ToJsonString()), Namespace, new KubeWriteOptions { FieldManager = "author" });
        return new ObjectReference(kind, Namespace, name);
    }

    public async Task<JsonObject> ReadAsync(ObjectReference workload) =>
        JsonNode.Parse((await Objects.GetAsync(ResourceOf(workload.Kind), workload.Name, workload.Namespace)).ToJson())!.AsObject();

    public async Task<JsonObject> TemplateAsync(ObjectReference workload) => TemplateOf(await ReadAsync(workload));

    public static JsonObject TemplateOf(JsonObject workload) => (string?)workload["kind"] switch
    {
        "Pod" => workload,
        "CronJob" => workload["spec"]!["jobTemplate"]!["spec"]!["template"]!.AsObject(),
        _ => workload["spec"]!["template"]!.AsObject(),
    };

    /// <summary>The variables of a container, as NAME=value, or NAME=Secret:key.</summary>
    public static string[] Variables(JsonObject template, string list = "containers") => template["spec"]![list]![0]!["env"]!.AsArray().Select(item =>
        $"{item!["name"]}={item["value"]}{(item["valueFrom"]?["secretKeyRef"] is { } reference ? $"{reference["name"]}:{reference["key"]}" : "")}").ToArray();

    public async Task<List<SecretContent>> SecretsAsync()
    {
        var secrets = new List<SecretContent>();
        await foreach (var secret in Objects.ListAsync(KubeResource.Secrets))
            secrets.Add(SecretContent.Read(secret));
        return secrets;
    }

    /// <summary>Changes a workload as another user.</summary>
    public void Change(ObjectReference workload, string mergePatch) => Task.Run(() => Objects.PatchAsync(
        ResourceOf(workload.Kind), workload.Name, KubePatch.Merge(mergePatch), workload.Namespace, new KubeWriteOptions { FieldManager = "someuser" })).GetAwaiter().GetResult();

    /// <summary>Simulates the controller of a workload until the test ends: after each change of the template it sets the specified status.</summary>
    public void Play(ObjectReference workload, Func<JsonElement, string> status) => _ = Task.Run(async () =>
    {
        try
        {
            var query = new KubeQuery { FieldSelector = $"metadata.name={workload.Name}" };
            await foreach (var happened in Objects.WatchAsync(ResourceOf(workload.Kind), query, end.Token))
            {
                var document = happened.Object.ToElement();
                var generation = document.GetProperty("metadata").GetProperty("generation").GetInt64();
                var observed = document.TryGetProperty("status", out var now) && now.TryGetProperty("observedGeneration", out var seen) ? seen.GetInt64() : 0;
                if (happened.Type != KubeEventType.Deleted && observed < generation)
                    await SetStatusAsync(workload, status(document).Replace("GENERATION", $"{generation}", StringComparison.Ordinal));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or KubeApiException)
        {
            // The test has ended.
        }
    });

    public Task SetStatusAsync(ObjectReference workload, string status) =>
        Objects.PatchStatusAsync(ResourceOf(workload.Kind), workload.Name, KubePatch.Merge($$$"""{"status":{{{status}}} }"""), workload.Namespace);

    public void Dispose()
    {
        end.Cancel();
        Connection.Dispose();
        end.Dispose();
    }
}
