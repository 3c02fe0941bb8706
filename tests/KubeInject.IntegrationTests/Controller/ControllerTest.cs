using System.Text;
using System.Text.Json.Nodes;
using KubeInject.Admission;
using KubeInject.Annotations;
using KubeInject.Controller;
using KubeInject.Credentials;
using KubeInject.Credentials.PostgreSql;
using KubeInject.Http;
using KubeInject.Injection;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Controller;

/// <summary>Shared parts of the tests of the controller: a namespace, a database role, and pods that the webhook has admitted.</summary>
/// <param name="cluster">The cluster with a controller manager; null for the cluster without one.</param>
public abstract class ControllerTest(ControllerManagerCluster? cluster = null) : IAsyncLifetime
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly KubeResource Events = new("", "v1", "events", "Event");

    private readonly List<RunningController> controllers = [];
    private readonly List<ServeProcess> programs = [];

    /// <summary>The cluster with a controller manager.</summary>
    internal ControllerManagerCluster ManagedCluster => cluster!;

    internal string Namespace { get; private set; } = "";

    internal KubeConnection Connection { get; private set; } = null!;

    internal PostgreSqlIssuer Issuer { get; set; } = null!;

    /// <summary>The role that the pods request.</summary>
    internal string Role { get; private set; } = "";

    /// <summary>The label is that of the test, because other tests create pods in the same cluster.</summary>
    internal InjectionOptions Injection => new() { LabelKey = Namespace };

    internal ControllerOptions Options => new() { Injection = Injection, PassInterval = TimeSpan.FromHours(1), ProbeInterval = TimeSpan.FromSeconds(1) };

    internal KubeLeaseStore Records => new(Connection.Objects, Namespace);

    public async Task InitializeAsync()
    {
        Connection = cluster is null ? await TestCluster.OpenAsync(@namespace: await TestCluster.CreateNamespaceAsync()) : await cluster.OpenNamespaceAsync();
        Namespace = Connection.Namespace;
        Role = await TestDatabase.CreateRoleAsync();
        Issuer = NewIssuer(TimeSpan.FromHours(1));
    }

    public async Task DisposeAsync()
    {
        foreach (var controller in controllers)
            await controller.DisposeAsync();
        Issuer.Dispose();
        Connection.Dispose();
    }

    internal static PostgreSqlIssuer NewIssuer(TimeSpan timeToLive) => new(new PostgreSqlOptions { ConnectionString = TestDatabase.Superuser, TimeToLive = timeToLive });

    internal async Task<RunningController> StartAsync(ControllerOptions? options = null, KillSwitch? kill = null, LeaderElectionOptions? election = null, SensitiveString? token = null)
    {
        var settings = (cluster?.Settings ?? TestCluster.Context("admin")) with { Namespace = Namespace };
        if (token is not null)
            settings = ConnectionSettings.FromToken(settings.Server, token, settings.CertificateAuthority!) with { Namespace = Namespace };
        controllers.Add(await RunningController.StartAsync(settings, Issuer, options ?? Options, kill, election));
        return controllers[^1];
    }

    /// <summary>Creates a pod as the webhook admits it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="namespace">The namespace; null for the namespace of the test.</param>
    /// <param name="databases">The databases; null for one in classic mode.</param>
    internal async Task<PodKey> CreatePodAsync(string name, string? @namespace = null, params string[] databases) =>
        await CreateAsync(Admit(name, @namespace ?? Namespace, databases), @namespace);

    /// <summary>The pod as the webhook admits it.</summary>
    internal JsonObject Admit(string name, string @namespace, params string[] databases)
    {
        var annotations = new JsonObject();
        foreach (var database in databases.DefaultIfEmpty("orders"))
        {
            annotations[InjectionAnnotation.ForDatabase(database, "role")] = Role;
            if (database != "uri")
            {
                annotations[InjectionAnnotation.ForDatabase(database, "env-key-dbuser")] = $"{database}_user";
                annotations[InjectionAnnotation.ForDatabase(database, "env-key-dbpassword")] = $"{database}_password";
            }
        }

        if (databases.Contains("uri"))
        {
            annotations[InjectionAnnotation.ForDatabase("uri", "mode")] = "uri";
            annotations[InjectionAnnotation.ForDatabase("uri", "template")] = "postgres://db/orders";
            annotations[InjectionAnnotation.ForDatabase("uri", "env-key-uri")] = "URI";
        }

        var pod = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [Injection.LabelKey] = "true" }, ["annotations"] = annotations },
            ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app" }) },
        };
        var review = new JsonObject
        {
            ["apiVersion"] = AdmissionResponse.ApiVersion,
            ["kind"] = "AdmissionReview",
            ["request"] = new JsonObject
            {
                ["uid"] = "1",
                ["kind"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" },
                ["resource"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" },
                ["namespace"] = @namespace,
                ["operation"] = "CREATE",
                ["object"] = pod.DeepClone(),
            },
        };
        var response = new PodAdmission(Injection, Guid.NewGuid).Review(Encoding.UTF8.GetBytes(review.ToJsonString()));
        Assert.Equal(AdmissionResult.Patched, response.Result);
        var patch = Convert.FromBase64String(JsonNode.Parse(response.Body.Span)!["response"]!["patch"]!.GetValue<string>());
        return JsonPatchApplier.Apply(pod, (JsonArray)JsonNode.Parse(patch)!);
    }

    internal async Task<PodKey> CreateAsync(JsonObject pod, string? @namespace = null)
    {
        var created = await Connection.Objects.CreateAsync(KubeResource.Pods, KubeObject.Parse(pod.ToJsonString()), @namespace ?? Namespace);
        return new PodKey(created.Namespace!, created.Name, created.Uid!);
    }

    internal Task DeleteAsync(PodKey pod) => Connection.Objects.DeleteAsync(KubeResource.Pods, pod.Name, pod.Namespace);

    internal static string SecretOf(JsonObject pod) => PodSecret.NameOf(UuidsOf(pod)[0]);

    internal static IReadOnlyList<Guid> UuidsOf(JsonObject pod) => [.. pod["metadata"]!["annotations"]![InjectionAnnotation.Uuid]!.GetValue<string>().Split(',').Select(Guid.Parse)];

    /// <summary>Reads the Secret of a pod; null if it does not exist.</summary>
    internal async Task<IReadOnlyDictionary<string, string>?> ReadSecretAsync(PodKey pod)
    {
        var found = await Connection.Objects.GetAsync(KubeResource.Pods, pod.Name, pod.Namespace);
        var name = PodSecret.NameOf(InjectionAnnotation.LeasesOf(found.ToElement().Get("metadata").Get("annotations").Texts()).First());
        try
        {
            var secret = await Connection.Objects.GetAsync(KubeResource.Secrets, name, pod.Namespace);
            return secret.ToElement().Get("data").Texts().ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetString(Convert.FromBase64String(pair.Value)));
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return null;
        }
    }

    /// <summary>Waits until the Secret of a pod exists, and returns the credential of a database.</summary>
    internal async Task<Credential> UntilIssuedAsync(PodKey pod, string database = "orders")
    {
        IReadOnlyDictionary<string, string>? secret = null;
        await UntilAsync(async () => (secret = await ReadSecretAsync(pod)) is not null, $"{pod} has no Secret");
        return new Credential(secret![$"{database}.username"], new SensitiveString(secret[$"{database}.password"]));
    }

    internal Task UntilRevokedAsync(Credential credential) =>
        UntilAsync(async () => !await TestDatabase.HasRoleAsync(credential.Username), $"the login role {credential.Username} exists");

    /// <summary>Waits until all living pods have valid credentials, and no other credentials exist.</summary>
    internal async Task UntilOnlyLivingPodsHaveCredentialsAsync(IReadOnlyCollection<PodKey> living)
    {
        var expected = 0L;
        foreach (var pod in living)
        {
            Assert.True(await TestDatabase.CanLogInAsync(await UntilIssuedAsync(pod)), $"The credentials of {pod} must be valid.");
            expected += (await ReadSecretAsync(pod))!.Keys.Count(key => key.EndsWith(".username", StringComparison.Ordinal));
        }

        await UntilAsync(async () => await CountLoginRolesAsync() == expected, $"there are not {expected} login roles");
        await UntilAsync(async () => (await Records.ListAsync(CancellationToken.None)).Count == expected, $"there are not {expected} records");
    }

    /// <summary>Starts the program with the label of the test.</summary>
    internal ServeProcess StartProgram(params string[] options)
    {
        var program = new ServeProcess(
        [
            "--kubeconfig", TestCluster.FilePath("kubeconfig"), "--context", "admin", "--lease-namespace", Namespace, "--injector-label", Injection.LabelKey, "--skip-custom-resources", .. options,
        ]);
        programs.Add(program);
        return program;
    }

    /// <summary>Deletes the Lease of a leader that was killed. Otherwise, the next one would wait until it expires.</summary>
    internal Task ReleaseLeaseAsync() => Connection.Objects.DeleteAsync(KubeResource.Leases, "kubeinject", Namespace);

    /// <summary>The number of login roles that the test has issued.</summary>
    internal async Task<long> CountLoginRolesAsync() =>
        (long)(await TestDatabase.ScalarAsync("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE r.rolname = $1", Role))!;

    /// <summary>The Events of a pod, each as reason and message.</summary>
    internal async Task<IReadOnlyList<(string Reason, string Message)>> EventsAsync(PodKey pod)
    {
        var events = new List<(string, string)>();
        await foreach (var found in Connection.Objects.ListAsync(Events, new() { Namespace = pod.Namespace, FieldSelector = $"involvedObject.uid={pod.Uid}" }))
            events.Add((found.ToElement().Text("reason")!, found.ToElement().Text("message")!));
        return events;
    }

    internal Task UntilEventAsync(PodKey pod, string reason) => UntilAsync(async () => (await EventsAsync(pod)).Any(found => found.Reason == reason), $"{pod} has no Event {reason}");

    /// <summary>Sets the status of a pod, as a kubelet would.</summary>
    internal Task SetStatusAsync(PodKey pod, string status) =>
        Connection.Objects.PatchStatusAsync(KubeResource.Pods, pod.Name, KubePatch.Merge($$"""{"status":{{status}}}"""), pod.Namespace);

    internal async Task UntilAsync(Func<Task<bool>> isReached, string failure, TimeSpan? longest = null)
    {
        var wait = longest > LongestWait ? longest.Value : LongestWait;
        using var limit = new CancellationTokenSource(wait);
        while (!await isReached())
        {
            if (limit.IsCancellationRequested)
                Assert.Fail($"After {wait.TotalSeconds} s, {failure}. Messages: {string.Join('\n', [.. controllers.SelectMany(controller => controller.Messages).TakeLast(20), .. programs.Select(program => program.Log)])}");
            await Task.Delay(20);
        }
    }
}
