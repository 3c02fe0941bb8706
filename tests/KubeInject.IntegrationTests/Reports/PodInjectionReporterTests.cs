using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.IntegrationTests.Diagnosis;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Reports;

namespace KubeInject.IntegrationTests.Reports;

/// <summary>The report of a real cluster is complete, takes few requests, and lists what could not be read.</summary>
public sealed class PodInjectionReporterTests
{
    [Fact]
    public async Task Pods_are_counted_and_grouped_by_template()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        foreach (var name in new[] { "orders-abc-1", "orders-abc-2", "orders-abc-3" })
            await fixture.CreatePodAsync(OfTemplate(fixture, "abc"), name);
        await fixture.CreatePodAsync(OfTemplate(fixture, "def"), "orders-def-1");
        await fixture.CreatePodAsync("", "silent");
        await InstallInjectorAsync(fixture);

        var report = await ReportAsync(fixture);

        Assert.Equal([new NamespaceSummary(fixture.Namespace, 5, 4, 0, 4, 2, 0, 2)], report.Namespaces);
        Assert.Equal(["orders-abc-*", "orders-def-1"], report.Pods.Select(pods => pods.Name));
        Assert.Equal(["orders-abc-1", "orders-abc-2", "orders-abc-3"], report.Pods[0].Pods);
        Assert.Equal("will not be injected", report.Pods[0].Verdict);
        Assert.Equal("PGUSER PGPASSWORD", string.Join(' ', report.Pods[0].Databases.Single().Variables));
        Assert.Equal(2, report.CountOf(FindingSeverity.Error));
    }

    [Fact]
    public async Task Only_one_pod_of_a_template_is_diagnosed()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        for (var i = 0; i < 8; i++)
            await fixture.CreatePodAsync(OfTemplate(fixture, "abc"), $"orders-abc-{i}");
        await InstallInjectorAsync(fixture);
        var asked = new List<string>();
        fixture.Connection.RequestCompleted += request => asked.Add(request.Path);

        await ReportAsync(fixture);

        Assert.Single(asked, path => path.Contains("/pods/orders-abc-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leases_have_their_status_and_missing_records_are_findings()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        var source = new CredentialSource(new LocalCredentialIssuer(), new KubeLeaseStore(fixture.Connection.Objects, fixture.Namespace));
        var (kept, lost, left) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var pod = await fixture.CreatePodAsync(fixture.Metadata(uuid: $"{kept}"));
        await fixture.CreatePodAsync(fixture.Metadata(uuid: $"{lost}"), "lost");
        await source.Leases.WriteAsync(Record(kept, pod.ToTemplate().Object), CancellationToken.None);
        await source.Leases.WriteAsync(Record(left, pod.ToTemplate().Object with { Name = "gone" }), CancellationToken.None);

        var report = await ReportAsync(fixture, source);

        Assert.Equal([(kept, LeaseState.Active), (left, LeaseState.Orphaned)], report.Leases.Select(lease => (lease.Uuid, lease.State)).OrderBy(lease => lease.State));
        Assert.Equal($"{fixture.Namespace}/lost", Assert.Single(report.Findings, finding => finding.Code == FindingCode.MissingRecord).Objects.Single());
        Assert.Equal(2, report.Namespaces.Single().Injected);
    }

    [Fact]
    public async Task Omitted_entries_are_reported()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        await fixture.CreatePodAsync(fixture.Metadata(), "one");
        await fixture.CreatePodAsync(fixture.Metadata(), "two");

        var report = await new PodInjectionReporter(fixture.Connection, options: fixture.Options) { MaxTemplates = 1 }.CreateAsync(Query(fixture), null, CancellationToken.None);

        Assert.Contains(report.Gaps, gap => gap.StartsWith("1 of 2 templates were not checked in the cluster", StringComparison.Ordinal));
        Assert.Single(report.Pods, pods => pods.Verdict is null);
    }

    [Fact]
    public async Task Missing_permissions_are_reported_and_the_rest_is_complete()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        await fixture.CreatePodAsync(fixture.Metadata());
        await TestCluster.AllowAsync(fixture.Namespace, "pods", "User", Identity.Viewer);
        using var viewer = await TestCluster.OpenAsync("viewer", fixture.Namespace);

        var report = await new PodInjectionReporter(viewer, options: fixture.Options).CreateAsync(Query(fixture), null, CancellationToken.None);

        Assert.Equal("orders", Assert.Single(report.Pods).Name);
        Assert.Contains(report.Gaps, gap => gap.Contains("The permission to list mutatingwebhookconfigurations", StringComparison.Ordinal));
        Assert.Contains(report.Gaps, gap => gap.StartsWith("Leases could not be read. The permission to list secrets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Progress_is_reported()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        await fixture.CreatePodAsync(fixture.Metadata());
        var reported = new RecordingProgress();

        await new PodInjectionReporter(fixture.Connection, options: fixture.Options).CreateAsync(Query(fixture), reported, CancellationToken.None);

        Assert.Equal([new("Reading pods", 1, 0), new("Checking templates", 0, 1), new("Reading leases", 0, 0)], reported.All);
    }

    /// <summary>Created after the pods, because the API server would call the webhook for each of them and wait.</summary>
    private static async Task InstallInjectorAsync(DiagnosisFixture fixture)
    {
        await fixture.CreateServiceAccountAsync("default");
        await fixture.CreateServiceAsync();
        await fixture.CreateEndpointsAsync();
        await fixture.CreateWebhookAsync();
    }

    private static Task<PodInjectionReport> ReportAsync(DiagnosisFixture fixture, CredentialSource? source = null) =>
        new PodInjectionReporter(fixture.Connection, source, fixture.Options).CreateAsync(Query(fixture), null, CancellationToken.None);

    private static KubeQuery Query(DiagnosisFixture fixture) => new() { Namespace = fixture.Namespace };

    private static string OfTemplate(DiagnosisFixture fixture, string hash) =>
        fixture.Metadata().Replace("\"labels\":{ ", $"\"labels\":{{ \"pod-template-hash\":\"{hash}\",", StringComparison.Ordinal);

    private static LeaseRecord Record(Guid uuid, ObjectReference owner) => new()
    {
        Uuid = uuid,
        Source = "local",
        IsComplete = true,
        Database = "orders",
        Role = "orders-rw",
        Owner = owner,
        ServiceAccountName = "default",
        RecordedAt = DateTimeOffset.UtcNow.AddHours(-1),
        ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
        IsRenewable = true,
    };

    private sealed class RecordingProgress : IProgress<ReportProgress>
    {
        public List<ReportProgress> All { get; } = [];

        public void Report(ReportProgress value) => All.Add(value);
    }
}
