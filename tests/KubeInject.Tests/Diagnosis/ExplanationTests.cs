using KubeInject.Diagnosis;
using KubeInject.Manifests;

namespace KubeInject.Tests.Diagnosis;

public sealed class ExplanationTests
{
    private const string Orders = """
        db-creds-injector.numberly.io/orders.role: orders-rw
        db-creds-injector.numberly.io/orders.env-key-dbuser: PGUSER
        db-creds-injector.numberly.io/orders.env-key-dbpassword: PGPASSWORD
        """;

    private const string Reports = """
        db-creds-injector.numberly.io/reports.role: reports-ro
        db-creds-injector.numberly.io/reports.mode: uri
        db-creds-injector.numberly.io/reports.template: postgres://db:5432/reports
        db-creds-injector.numberly.io/reports.env-key-uri: A,B
        """;

    private const string Uuid = "db-creds-injector.numberly.io/uuid: 5b3c8ff8-3a55-4e6c-9b2b-6d6b1f3f3a10";

    [Fact]
    public async Task Variables_to_be_injected_are_counted() =>
        Assert.Equal("will be injected: 2 databases, 4 variables in 3 containers", (await DiagnoseAsync($"{Orders}\n{Reports}")).Verdict);

    [Fact]
    public async Task One_variable_is_singular() =>
        Assert.Equal("will be injected: 1 database, 2 variables in 3 containers", (await DiagnoseAsync(Orders)).Verdict);

    [Fact]
    public async Task Injected_variables_are_counted() => Assert.Equal(
        "is injected: 1 database, 2 variables in 3 containers",
        (await DiagnoseAsync($"{Orders}\n{Uuid}", env: "[{name: PGUSER, value: v}, {name: PGPASSWORD, value: p}]")).Verdict);

    [Fact]
    public async Task A_pod_with_a_uuid_but_without_the_variables_will_be_injected() => Assert.Equal(
        "will be injected: 1 database, 2 variables in 3 containers",
        (await DiagnoseAsync($"{Orders}\n{Uuid}")).Verdict);

    [Fact]
    public async Task A_pod_without_a_request_is_reported() =>
        Assert.Equal("shop/pod/orders: requests no credentials", $"{await DiagnoseAsync("a: b", label: "app: orders")}");

    [Fact]
    public async Task The_verdict_names_the_failed_step() => Assert.Equal(
        "will not be injected: Database 'orders' has no role to issue credentials from",
        (await DiagnoseAsync("db-creds-injector.numberly.io/orders.env-key-dbuser: PGUSER")).Verdict);

    [Fact]
    public async Task A_valid_document_is_explained_step_by_step() => Assert.Equal(
        """
        shop/pod/orders will be injected: 1 database, 2 variables in 3 containers.

        1. What is requested
           orders: credentials of the role orders-rw (databases), as PGUSER, PGPASSWORD in 3 containers
        2. What injects the credentials
           Not checked, because no cluster was specified. The webhook of an injector acts when a pod is created; KubeInject acts when you run it.
        3. What the injection requires
           Not checked.
        4. What fails
           Nothing.
        5. What to do
           Nothing in the document. Check it against the cluster to find out whether an injector acts on it.
        """,
        $"{Explanation.Of(await DiagnoseAsync(Orders))}",
        ignoreLineEndingDifferences: true);

    [Fact]
    public async Task The_explanation_of_an_invalid_document_ends_with_one_remedy()
    {
        var explanation = Explanation.Of(await DiagnoseAsync("db-creds-injector.numberly.io/orders.env-key-dbuser: PGUSER"));

        Assert.Equal("   FAILED: Database 'orders' has no role to issue credentials from.", explanation.Lines[4]);
        Assert.Contains("   First: Database 'orders' has no role to issue credentials from. (KI003)", explanation.Lines);
        Assert.Equal($"   {explanation.Remedy}", explanation.Lines[^1]);
        Assert.StartsWith("Add ", explanation.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_explanation_of_a_pod_without_a_request_is_short() => Assert.Equal(
        ["shop/pod/orders requests no credentials.", "   No credentials.", "   Nothing, because no credentials are requested.", "   Nothing.", "   Nothing.", "   Nothing."],
        Explanation.Of(await DiagnoseAsync("a: b", label: "app: orders")).Lines.Where(line => line.Length > 0 && !char.IsAsciiDigit(line[0])));

    private static async Task<PodDiagnosis> DiagnoseAsync(string annotations, string label = "vault-db-injector: \"true\"", string env = "[]") =>
        Assert.Single(await new PodDiagnostician().DiagnoseAsync(
            ManifestSource.FromText($$"""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: orders
                  namespace: shop
                  labels:
                    {{label}}
                  annotations:
                    {{annotations.Replace("\n", "\n    ", StringComparison.Ordinal)}}
                spec:
                  initContainers: [{name: migrate, image: app}]
                  containers: [{name: app, image: app, env: {{env}}}, {name: sidecar, image: app}]
                """),
            CancellationToken.None));
}
