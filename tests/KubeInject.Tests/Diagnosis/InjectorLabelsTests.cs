using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Manifests;
using KubeInject.Tests.Kubernetes;

namespace KubeInject.Tests.Diagnosis;

/// <summary>If no label is specified, the label of the only installed injector is used. It is never guessed.</summary>
public sealed class InjectorLabelsTests
{
    private const string Default = """{"matchLabels":{"vault-db-injector":"true"}}""";
    private const string Dev = """{"matchLabels":{"vault-db-injector-dev":"true"}}""";
    private const string Pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders
          namespace: shop
          labels: {LABEL: "true"}
          annotations:
            db-creds-injector.numberly.io/orders.role: rw
            db-creds-injector.numberly.io/orders.env-key-dbuser: PGUSER
            db-creds-injector.numberly.io/orders.env-key-dbpassword: PGPASSWORD
        spec:
          containers: [{name: app, image: app}]
        """;

    [Theory]
    [InlineData(Dev)]
    [InlineData("""{"matchExpressions":[{"key":"vault-db-injector-dev","operator":"Exists"}]}""")]
    [InlineData("""{"matchExpressions":[{"key":"vault-db-injector-dev","operator":"In","values":["true"]}]}""")]
    [InlineData("""{"matchLabels":{"tier":"web","vault-db-injector-dev":"true"},"matchExpressions":[{"key":"skip","operator":"DoesNotExist"}]}""")]
    public async Task The_label_of_the_only_installed_injector_is_used(string selector) =>
        Assert.Equal(("vault-db-injector-dev", ""), await FindAsync(InjectionOptions.Default, selector));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"matchLabels":{"vault-db-injector-dev":"no"}}""")]
    [InlineData("""{"matchLabels":{"a":"true","b":"true"}}""")]
    [InlineData("""{"matchExpressions":[{"key":"vault-db-injector-dev","operator":"NotIn","values":["true"]}]}""")]
    public async Task A_selector_without_one_clear_label_changes_nothing(string selector) =>
        Assert.Equal(("vault-db-injector", ""), await FindAsync(InjectionOptions.Default, selector));

    [Fact]
    public async Task Several_webhooks_with_the_same_label_are_one_injector() =>
        Assert.Equal(("vault-db-injector-dev", ""), await FindAsync(InjectionOptions.Default, Dev, Dev));

    [Fact]
    public async Task Several_labels_change_nothing_but_are_known()
    {
        var specified = new InjectionOptions { LabelKey = "vault-db-injector-dev" };

        Assert.Equal(("vault-db-injector", "vault-db-injector-dev"), await FindAsync(InjectionOptions.Default, Default, Dev));
        Assert.Equal(("vault-db-injector-dev", "vault-db-injector"), await FindAsync(specified, Default, Dev));
        Assert.Equal(("vault-db-injector-dev", ""), await FindAsync(specified, Dev));
        Assert.Equal(("vault-db-injector", "vault-db-injector-dev"), await FindAsync(new InjectionOptions { LabelKey = "vault-db-injector" }, Dev));
    }

    [Fact]
    public async Task Webhooks_that_cannot_be_read_change_nothing()
    {
        using var server = new TestServer(_ => TestServer.Response.Error(403, "Forbidden", "no"));
        using var connection = Connect(server);

        Assert.Same(InjectionOptions.Default, await InjectorLabels.FindAsync(InjectionOptions.Default, connection.Objects, CancellationToken.None));
    }

    [Fact]
    public async Task The_diagnosis_uses_the_label_of_the_cluster_and_reports_it()
    {
        var diagnosis = await DiagnoseAsync("vault-db-injector-dev", null, Dev);

        Assert.DoesNotContain(diagnosis.Findings, finding => finding.Code == FindingCode.MissingLabel);
        Assert.EndsWith(" It selects pods by the label 'vault-db-injector-dev'.", Actor(diagnosis), StringComparison.Ordinal);

        var unlabeled = await DiagnoseAsync("app", null, Dev);

        Assert.Equal("vault-db-injector-dev", Assert.Single(unlabeled.Findings, finding => finding.Code == FindingCode.MissingLabel).Key);
        Assert.EndsWith(" It selects pods by the label 'vault-db-injector-dev'.", Actor(unlabeled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_diagnosis_names_the_installed_injector_that_acts_instead()
    {
        var diagnosis = await DiagnoseAsync("vault-db-injector-dev", null, Default, Dev);

        Assert.DoesNotContain(diagnosis.Findings, finding => finding.Code == FindingCode.MissingLabel);
        Assert.Contains("MutatingWebhookConfiguration vault-db-injector-1", Actor(diagnosis), StringComparison.Ordinal);
        Assert.EndsWith(" It selects pods by the label 'vault-db-injector-dev', and not by 'vault-db-injector'.", Actor(diagnosis), StringComparison.Ordinal);

        var specified = await DiagnoseAsync("vault-db-injector-dev", new InjectionOptions { LabelKey = "vault-db-injector" }, Default, Dev);

        Assert.Null(Assert.Single(specified.Findings, finding => finding.Code == FindingCode.MissingLabel).Fix);
    }

    [Fact]
    public async Task The_diagnosis_names_the_other_installed_injectors()
    {
        Assert.EndsWith(
            " It selects pods by the label 'vault-db-injector'. Other installed injectors select pods by 'vault-db-injector-dev'.",
            Actor(await DiagnoseAsync("vault-db-injector", null, Dev, Default)),
            StringComparison.Ordinal);
        Assert.Contains("the closest match is the webhook 'creds.example.org' (MutatingWebhookConfiguration vault-db-injector-1)", Actor(await DiagnoseAsync("app", null, Dev, Default)), StringComparison.Ordinal);
        Assert.DoesNotContain("label", Actor(await DiagnoseAsync("vault-db-injector", null, Default)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_with_the_labels_of_two_installed_injectors_is_reported()
    {
        var diagnosis = await DiagnoseAsync("vault-db-injector: \"true\", vault-db-injector-dev", null, Default, Dev);

        var finding = Assert.Single(diagnosis.Findings, finding => finding.Code == FindingCode.MultipleInjectors);
        Assert.Contains("vault-db-injector-0", finding.Message, StringComparison.Ordinal);
        Assert.Contains("vault-db-injector-1", finding.Message, StringComparison.Ordinal);
    }

    private static string Actor(PodDiagnosis diagnosis) => Assert.Single(diagnosis.Steps, step => step.Step == DiagnosisStepKind.Actor).Text;

    private static async Task<(string Label, string Others)> FindAsync(InjectionOptions options, params string[] selectors)
    {
        using var server = Cluster(selectors);
        using var connection = Connect(server);
        var found = await InjectorLabels.FindAsync(options, connection.Objects, CancellationToken.None);
        return (found.LabelKey, string.Join(' ', found.OtherLabelKeys));
    }

    private static async Task<PodDiagnosis> DiagnoseAsync(string label, InjectionOptions? options, params string[] selectors)
    {
        using var server = Cluster(selectors);
        using var connection = Connect(server);
        var manifest = ManifestSource.FromText(Pod.Replace("LABEL", label, StringComparison.Ordinal));
        return Assert.Single(await new PodDiagnostician(options, connection.Objects).DiagnoseAsync(manifest, CancellationToken.None));
    }

    private static KubeConnection Connect(TestServer server) => new(new ConnectionSettings { Server = server.Http, Namespace = "shop" }, KubeRetryPolicy.Default);

    private static TestServer Cluster(string[] selectors)
    {
        var items = string.Join(',', selectors.Select((selector, index) => $$$"""
            {"metadata":{"name":"vault-db-injector-{{{index}}}"},"webhooks":[{"name":"creds.example.org","objectSelector":{{{selector}}},
            "rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}]}]}
            """));
        return new TestServer(request => request.Path.Contains("mutatingwebhookconfigurations", StringComparison.Ordinal)
            ? TestServer.Response.Json($$"""{"kind":"MutatingWebhookConfigurationList","metadata":{},"items":[{{items}}]}""")
            : request.Path == "/api/v1/namespaces/shop"
                ? TestServer.Response.Json("""{"kind":"Namespace","metadata":{"name":"shop"}}""")
                : TestServer.Response.Error(404, "NotFound", "nothing here"));
    }
}
