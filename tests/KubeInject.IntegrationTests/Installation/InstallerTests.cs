using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeInject.Injection.Workloads;
using KubeInject.Installation;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.IntegrationTests.Installation;

/// <summary>The installation in a separate cluster, because its webhook would act on the pods of other tests.</summary>
[Collection(nameof(ControllerManagerCluster))]
public sealed class InstallerTests(ControllerManagerCluster cluster) : IAsyncLifetime
{
    private static readonly KubeResource Webhooks = InstallationObject.WebhookConfigurations;

    private readonly InstallationOptions options = new()
    {
        Image = "registry.example.org/kubeinject:1",
        Namespace = $"test-{Guid.NewGuid():n}",
        Annotations = new() { LabelKey = "installer-test" },
        Settings = new Dictionary<string, string> { ["KUBEINJECT_SOURCE"] = "vault" },
    };

    private KubeConnection connection = null!;

    private Installer Installer => new(connection.Objects);

    public async Task InitializeAsync()
    {
        if (ControllerManagerCluster.ReasonToSkip is null)
            connection = await KubeConnection.OpenAsync(cluster.Settings);
    }

    public async Task DisposeAsync()
    {
        if (connection is null)
            return;
        await Installer.UninstallAsync(options.Namespace, null, CancellationToken.None);
        connection.Dispose();
    }

    [ControllerManagerFact]
    public async Task Objects_are_created_then_unchanged_then_changed()
    {
        var created = await InstallAsync(options);
        var again = await InstallAsync(options);
        var changed = await InstallAsync(options with { Image = "registry.example.org/kubeinject:2" });

        Assert.Equal(10, created.Count);
        Assert.All(created, item => Assert.Equal(InstallationResult.Created, item.Result));
        Assert.All(again, item => Assert.Equal(InstallationResult.Unchanged, item.Result));
        Assert.Equal([$"{options.Namespace}/deployment/kubeinject changed"], changed.Where(item => item.Result != InstallationResult.Unchanged).Select(item => $"{item}"));
    }

    [ControllerManagerFact]
    public async Task The_installation_waits_until_its_pods_are_ready()
    {
        await InstallAsync(options);

        var tooEarly = await Assert.ThrowsAsync<RolloutException>(() => Installer.WaitAsync(options.Namespace, TimeSpan.FromMilliseconds(100), null, CancellationToken.None));
        var wait = Installer.WaitAsync(options.Namespace, TimeSpan.FromMinutes(1), null, CancellationToken.None);
        await MakePodsReadyAsync();

        Assert.Equal(RolloutFailure.TimedOut, tooEarly.Reason);
        Assert.True((await wait).IsComplete);
    }

    [ControllerManagerFact]
    public async Task The_status_says_what_does_not_work()
    {
        var nothing = await StatusAsync();
        await InstallAsync(options);
        var installed = await StatusAsync();

        Assert.Equal(3, nothing.Problems.Count);
        Assert.Contains("Install-KubeInject", nothing.Problems[0], StringComparison.Ordinal);
        Assert.Equal(("registry.example.org/kubeinject:1", 2, 0, "Fail"), (installed.Image, installed.Replicas, installed.ReadyReplicas, installed.FailurePolicy));
        Assert.Contains(installed.Problems, problem => problem.Contains("is not ready", StringComparison.Ordinal));
        Assert.Contains(installed.Problems, problem => problem.Contains("caBundle", StringComparison.Ordinal));
        Assert.Contains(installed.Problems, problem => problem.Contains("lease", StringComparison.OrdinalIgnoreCase));
    }

    [ControllerManagerFact]
    public async Task The_status_is_ready_when_everything_works()
    {
        await InstallAsync(options);
        await MakePodsReadyAsync();
        await Installer.WaitAsync(options.Namespace, TimeSpan.FromMinutes(1), null, CancellationToken.None);
        using var authority = X509Certificate2.CreateFromPem(TestCluster.ReadText("ca.crt"));
        var bundle = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority.ExportCertificatePem()));
        await connection.Objects.PatchAsync(Webhooks, "kubeinject", KubePatch.Json($$"""[{"op":"add","path":"/webhooks/0/clientConfig/caBundle","value":"{{bundle}}"}]"""));

        // The clock of the leader is late.
        await WriteLeaseAsync(connection.Objects.ServerTime - TimeSpan.FromMinutes(2));
        var ready = await StatusAsync();
        await connection.Objects.PatchAsync(KubeResource.Leases, "kubeinject", KubePatch.Merge("""{"metadata":{"managedFields":[{}]}}"""), options.Namespace);
        var late = await StatusAsync();

        Assert.Empty(ready.Problems);
        Assert.True(ready.IsReady);
        Assert.Equal("controller-1", ready.Leader);
        Assert.Equal(authority.NotAfter.ToUniversalTime(), ready.CertificateAuthorityEnd);
        Assert.Contains("No controller has led since ", Assert.Single(late.Problems), StringComparison.Ordinal);
    }

    [ControllerManagerFact]
    public async Task Another_injector_on_the_same_pods_is_refused()
    {
        await CreateWebhookAsync("{}");
        try
        {
            var exception = await Assert.ThrowsAsync<InstallationException>(() => InstallAsync(options));
            Assert.Contains("(MutatingWebhookConfiguration other-injector) selects the same pods", exception.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<KubeApiException>(() => connection.Objects.GetAsync(KubeResource.Namespaces, options.Namespace));

            // Both do not act in the same namespaces, on the same pods, or it is wanted.
            await Installer.PlanAsync(options with { NamespaceLabels = new Dictionary<string, string> { ["kubeinject"] = "yes" } }, force: false, CancellationToken.None);
            await Installer.PlanAsync(options with { Annotations = new() { LabelKey = "another-label" } }, force: false, CancellationToken.None);
            await Installer.PlanAsync(options, force: true, CancellationToken.None);
        }
        finally
        {
            await connection.Objects.DeleteAsync(Webhooks, "other-injector");
        }
    }

    [ControllerManagerFact]
    public async Task An_injector_of_other_namespaces_is_accepted()
    {
        await CreateWebhookAsync("""{"matchLabels":{"team":"a"}}""");
        try
        {
            await Installer.PlanAsync(options, force: false, CancellationToken.None);
        }
        finally
        {
            await connection.Objects.DeleteAsync(Webhooks, "other-injector");
        }
    }

    [ControllerManagerFact]
    public async Task Without_a_source_the_installation_is_refused_until_the_Secret_exists()
    {
        var without = options with { Settings = new Dictionary<string, string>() };
        var exception = await Assert.ThrowsAsync<InstallationException>(() => InstallAsync(without));
        await connection.Objects.CreateAsync(KubeResource.Namespaces, KubeObject.Parse($$$"""{"metadata":{"name":"{{{options.Namespace}}}"}}"""));
        await connection.Objects.CreateAsync(KubeResource.Secrets, KubeObject.Parse("""{"metadata":{"name":"kubeinject-settings"},"stringData":{"KUBEINJECT_SOURCE":"vault"}}"""), options.Namespace);

        Assert.Contains("kubeinject-settings", exception.Message, StringComparison.Ordinal);
        Assert.Equal(10, (await InstallAsync(without)).Count);
    }

    [ControllerManagerFact]
    public async Task A_field_of_another_tool_is_not_overwritten_and_nothing_is_changed()
    {
        await InstallAsync(options);
        var patched = await Command.RunAsync("kubectl", ["--kubeconfig", cluster.Kubeconfig, "patch", "deployment/kubeinject", "--namespace", options.Namespace, "--patch", """{"spec":{"replicas":5}}"""]);
        Assert.Equal(0, patched.ExitCode);

        var exception = await Assert.ThrowsAsync<InstallationException>(() => InstallAsync(options with { FailurePolicy = WebhookFailurePolicy.Ignore }));

        Assert.Contains(".spec.replicas", exception.Message, StringComparison.Ordinal);
        Assert.Equal("Fail", (await StatusAsync()).FailurePolicy);
        Assert.Contains(await InstallAsync(options, force: true), item => item.Result == InstallationResult.Changed);
    }

    [ControllerManagerFact]
    public async Task Uninstalling_keeps_the_namespace_and_foreign_objects()
    {
        await InstallAsync(options);
        await connection.Objects.PatchAsync(new KubeResource("", "v1", "services", "Service"), "kubeinject", KubePatch.Merge("""{"metadata":{"labels":null}}"""), options.Namespace);
        await connection.Objects.CreateAsync(KubeResource.Secrets, KubeObject.Parse($$$"""{"metadata":{"name":"record"},"type":"{{{KubeLeaseStore.SecretType}}}"}"""), options.Namespace);

        var results = await Installer.UninstallAsync(options.Namespace, null, CancellationToken.None);

        Assert.Contains(" has 1 lease record.", await Installer.DescribeRemainingLeasesAsync(options.Namespace, CancellationToken.None), StringComparison.Ordinal);
        Assert.Equal("MutatingWebhookConfiguration", results[0].Object.Kind);
        Assert.Equal(["Namespace", "Service"], results.Where(item => item.Result == InstallationResult.Kept).Select(item => item.Object.Kind).Order(StringComparer.Ordinal));
        Assert.Equal(8, results.Count(item => item.Result == InstallationResult.Deleted));
        Assert.DoesNotContain(await Installer.UninstallAsync(options.Namespace, null, CancellationToken.None), item => item.Result == InstallationResult.Deleted);
    }

    [ControllerManagerFact]
    public async Task Another_installation_is_neither_overwritten_nor_deleted()
    {
        await InstallAsync(options);
        var other = options with { Namespace = $"{options.Namespace[..20]}-2" };

        var exception = await Assert.ThrowsAsync<InstallationException>(() => InstallAsync(other));
        var results = await Installer.UninstallAsync(other.Namespace, null, CancellationToken.None);

        Assert.Contains($"is already installed in the namespace {options.Namespace}.", exception.Message, StringComparison.Ordinal);
        Assert.All(results, item => Assert.Equal(InstallationResult.Kept, item.Result));
        Assert.Equal(3, results.Count);
    }

    [ControllerManagerFact]
    public async Task The_program_installs_shows_the_status_and_uninstalls()
    {
        var install = await RunAsync("install", "--image", "kubeinject:1", "--namespace", options.Namespace, "--injector-label", "installer-test", "--set", "KUBEINJECT_SOURCE=vault", "--no-wait");
        var status = await RunAsync("status", "--namespace", options.Namespace);
        var uninstall = await RunAsync("uninstall", "--namespace", options.Namespace);

        Assert.Equal((0, ""), (install.ExitCode, install.Error));
        Assert.StartsWith($"namespace/{options.Namespace} created\n{options.Namespace}/serviceaccount/kubeinject created\n", install.Output, StringComparison.Ordinal);
        Assert.Equal(1, status.ExitCode);
        Assert.Contains("Image:           kubeinject:1\nPods:            0 of 2 ready\n", status.Output, StringComparison.Ordinal);
        Assert.Contains("error: ", status.Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), (uninstall.ExitCode, uninstall.Error));
        Assert.StartsWith("mutatingwebhookconfiguration/kubeinject deleted\n", uninstall.Output, StringComparison.Ordinal);
        Assert.EndsWith($"namespace/{options.Namespace} kept\n", uninstall.Output, StringComparison.Ordinal);
    }

    private Task<Command> RunAsync(params string[] arguments) =>
        Command.KubeInjectAsync([.. arguments, "--kubeconfig", cluster.Kubeconfig]);

    private async Task<IReadOnlyList<InstalledObject>> InstallAsync(InstallationOptions what, bool force = false) =>
        await Installer.ApplyAsync(await Installer.PlanAsync(what, force, CancellationToken.None), force, null, CancellationToken.None);

    private Task<InstallationStatus> StatusAsync() => new InstallationStatusReader(connection.Objects).ReadAsync(options.Namespace, CancellationToken.None);

    // Without nodes, the test is the kubelet.
    private async Task MakePodsReadyAsync()
    {
        using var inNamespace = await KubeConnection.OpenAsync(cluster.Settings with { Namespace = options.Namespace });
        foreach (var pod in await cluster.UntilAsync(inNamespace, KubeResource.Pods, pods => pods.Count == 2))
        {
            await connection.Objects.PatchStatusAsync(
                KubeResource.Pods, pod.Name, KubePatch.Merge("""{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}"""), options.Namespace);
        }
    }

    private async Task CreateWebhookAsync(string namespaceSelector) => await connection.Objects.CreateAsync(Webhooks, KubeObject.Parse($$$"""
        {"metadata":{"name":"other-injector"},"webhooks":[{"name":"pods.example.org","clientConfig":{"url":"https://127.0.0.1:1/mutate"},
         "rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["pods"]}],"objectSelector":{"matchLabels":{"installer-test":"true"}},
         "namespaceSelector":{{{namespaceSelector}}},"admissionReviewVersions":["v1"],"sideEffects":"None","failurePolicy":"Ignore"}]}
        """));

    private async Task WriteLeaseAsync(DateTimeOffset renewed)
    {
        var time = renewed.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        await connection.Objects.PatchAsync(
            KubeResource.Leases,
            "kubeinject",
            KubePatch.Apply($$$"""{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"kubeinject"},"spec":{"holderIdentity":"controller-1","leaseDurationSeconds":15,"renewTime":"{{{time}}}"}}"""),
            options.Namespace);
    }
}
