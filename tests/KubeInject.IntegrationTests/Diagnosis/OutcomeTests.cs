using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using Microsoft.Extensions.Time.Testing;
using static KubeInject.IntegrationTests.Diagnosis.InjectorWebhookTests;

namespace KubeInject.IntegrationTests.Diagnosis;

public sealed class OutcomeTests
{
    [Theory]
    [InlineData("Internal error occurred: failed calling webhook \"injector.example.org\": Post \"https://injector.shop.svc:443/mutate?timeout=10s\": x509: certificate signed by unknown authority", FindingCode.WebhookFailed, "caBundle")]
    [InlineData("Error creating: admission webhook \"injector.example.org\" denied the request: no role", FindingCode.WebhookDenied, "log")]
    public async Task A_ReplicaSet_event_that_quotes_a_webhook_is_explained(string message, string code, string remedy)
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        await fixture.CreateDeploymentAsync();
        await fixture.CreateEventAsync("ReplicaSet", "orders-1", message);

        var diagnosis = await fixture.Diagnostician().DiagnoseAsync(new ObjectReference("Deployment", fixture.Namespace, "orders"), CancellationToken.None);

        Breaks(diagnosis, DiagnosisStepKind.Outcome, code, remedy);
        Assert.Contains("'injector.example.org'", diagnosis.FirstFailed!.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_events_are_not_reported()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        await fixture.CreateDeploymentAsync();
        await fixture.CreateEventAsync("ReplicaSet", "orders-1", "Created pod: orders-1-x");

        Assert.Null((await fixture.Diagnostician().DiagnoseAsync(new ObjectReference("Deployment", fixture.Namespace, "orders"), CancellationToken.None)).FirstFailed);
    }

    [Fact]
    public async Task A_lease_without_a_record_fails_and_one_with_a_record_passes()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        var source = new CredentialSource(new LocalCredentialIssuer(), new KubeLeaseStore(fixture.Connection.Objects, fixture.Namespace));
        var uuid = Guid.NewGuid();
        var pod = await fixture.CreatePodAsync(fixture.Metadata(uuid: $"{uuid}"));

        var diagnosis = await fixture.Diagnostician(source: source).DiagnoseAsync(pod, CancellationToken.None);

        Breaks(diagnosis, DiagnosisStepKind.Outcome, FindingCode.MissingRecord, "Recreate the pod");
        Assert.StartsWith("is injected: 1 database, 2 variables in 1 container; but The lease ", diagnosis.Verdict, StringComparison.Ordinal);

        await source.Leases.WriteAsync(Record(uuid, pod), CancellationToken.None);
        Assert.Equal("is injected: 1 database, 2 variables in 1 container", (await fixture.Diagnostician(source: source).DiagnoseAsync(pod, CancellationToken.None)).Verdict);
    }

    [Fact]
    public async Task An_old_record_without_a_lease_in_any_pod_is_a_warning()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        var source = new CredentialSource(new LocalCredentialIssuer(), new KubeLeaseStore(fixture.Connection.Objects, fixture.Namespace));
        var (named, left) = (Guid.NewGuid(), Guid.NewGuid());
        var pod = await fixture.CreatePodAsync(fixture.Metadata(uuid: $"{named}"));
        await source.Leases.WriteAsync(Record(named, pod), CancellationToken.None);
        await source.Leases.WriteAsync(Record(left, pod), CancellationToken.None);

        var link = (await fixture.Diagnostician(source: source).DiagnoseAsync(pod, CancellationToken.None)).Steps.Single(link => link.Step == DiagnosisStepKind.Outcome);

        Assert.Equal(DiagnosisStatus.Warning, link.State);
        var finding = Assert.Single(link.Findings);
        Assert.Equal(FindingCode.RecordWithoutPod, finding.Code);
        Assert.Contains($"{left}", finding.Message, StringComparison.Ordinal);

        var then = new FakeTimeProvider(Recorded.AddMinutes(1));
        Assert.Empty((await fixture.Diagnostician(source: source, time: then).DiagnoseAsync(pod, CancellationToken.None)).Findings);
    }

    [Fact]
    public async Task Leases_in_the_order_of_older_injectors_are_a_warning()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        var source = new CredentialSource(new LocalCredentialIssuer(), new KubeLeaseStore(fixture.Connection.Objects, fixture.Namespace));
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var pod = await fixture.CreatePodAsync(fixture.Metadata(uuid: $"{first},{second}").Replace(
            "\"annotations\":{",
            """ "annotations":{"db-creds-injector.numberly.io/stock.role":"stock-rw","db-creds-injector.numberly.io/stock.mode":"uri","db-creds-injector.numberly.io/stock.env-key-uri":"PGUSER","db-creds-injector.numberly.io/stock.template":"postgres://db/stock",""",
            StringComparison.Ordinal));
        await source.Leases.WriteAsync(Record(first, pod) with { LeaseId = "databases/creds/stock-rw/abc" }, CancellationToken.None);
        await source.Leases.WriteAsync(Record(second, pod) with { LeaseId = "databases/creds/orders-rw/abc" }, CancellationToken.None);

        var finding = Assert.Single((await fixture.Diagnostician(source: source).DiagnoseAsync(pod, CancellationToken.None)).Findings, finding => finding.Code == FindingCode.UuidOrder);

        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.Contains($"{first}", finding.Message, StringComparison.Ordinal);
        Assert.Contains("'stock-rw'", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_records_of_an_installed_injector_are_elsewhere()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        using var viewer = await TestCluster.OpenAsync("viewer", fixture.Namespace);
        var pod = Pod.Parse($$$"""{"metadata":{"name":"orders","namespace":"{{{fixture.Namespace}}}"{{{fixture.Metadata(uuid: $"{Guid.NewGuid()}")}}} }}""");

        var link = Assert.Single((await fixture.Diagnostician(viewer).DiagnoseAsync(pod, CancellationToken.None)).Steps, link => link.Step == DiagnosisStepKind.Outcome);

        Assert.Equal(DiagnosisStatus.Unknown, link.State);
        Assert.Contains("The permission to list secrets in the namespace kubeinject is missing.", link.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_injected_pod_hides_the_keys_of_ConfigMaps_and_Secrets_and_no_value_is_shown()
    {
        await using var fixture = await DiagnosisFixture.CreateSoundAsync();
        await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{fixture.Namespace}/configmaps", """{"metadata":{"name":"settings"},"data":{"USER":"shown-nowhere","OTHER":"x"}}""");
        await TestCluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{fixture.Namespace}/secrets", """{"metadata":{"name":"old"},"stringData":{"PGPASSWORD":"shown-nowhere"}}""");

        var diagnosis = await fixture.DiagnoseManifestAsync(spec: """
            {"containers":[{"name":"app","image":"app","envFrom":[{"prefix":"PG","configMapRef":{"name":"settings"}},{"secretRef":{"name":"old"}},{"secretRef":{"name":"gone","optional":true}}]}]}
            """);

        Assert.Equal(
            ["Variable 'PGUSER' of the container 'app' is also set by the ConfigMap 'settings'", "Variable 'PGPASSWORD' of the container 'app' is also set by the Secret 'old'"],
            diagnosis.Findings.Where(finding => finding.Code == FindingCode.ShadowedSource).Select(finding => finding.Message.Split(" (envFrom)")[0]));
        Assert.Null(diagnosis.FirstFailed);
        Assert.DoesNotContain("shown-nowhere", $"{Explanation.Of(diagnosis)}{string.Join('\n', diagnosis.Findings)}", StringComparison.Ordinal);
    }

    private static readonly DateTimeOffset Recorded = DateTimeOffset.UtcNow.AddHours(-1);

    private static LeaseRecord Record(Guid uuid, Pod pod) => new()
    {
        Uuid = uuid,
        Source = "local",
        IsComplete = true,
        Owner = new ObjectReference("Pod", pod.Namespace, pod.Name),
        ServiceAccountName = "default",
        RecordedAt = Recorded,
    };
}
