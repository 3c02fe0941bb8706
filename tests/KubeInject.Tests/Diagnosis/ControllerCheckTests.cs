using System.Globalization;
using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Tests.Kubernetes;

namespace KubeInject.Tests.Diagnosis;

/// <summary>A pod that the KubeInject webhook has admitted, and that has no Secret.</summary>
public sealed class ControllerCheckTests
{
    private const string Uuid = "5b3c8ff8-3a55-4e6c-9b2b-6d6b1f3f3a10";

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Theory]
    [InlineData(0, -60, true)]
    [InlineData(-60, 60, false)]
    [InlineData(null, -60, false)]
    [InlineData(null, 0, true)]
    public async Task The_clock_of_the_API_server_decides_whether_the_controller_runs(int? writtenAt, int renewedAt, bool runs)
    {
        var managed = writtenAt is { } minutes ? $$""","managedFields":[{"manager":"kubeinject","time":"{{Time(minutes)}}"}]""" : "";

        var diagnosis = await DiagnoseAsync($$$"""{"metadata":{"name":"kubeinject"{{{managed}}} },"spec":{"leaseDurationSeconds":15,"renewTime":"{{{Time(renewedAt)}}}"} }""");

        Assert.Equal(runs ? FindingCode.MissingPodSecret : FindingCode.ControllerNotRunning, diagnosis.FirstFailed!.Findings[0].Code);
    }

    [Fact]
    public async Task A_pod_without_a_reported_reason_is_named_unless_it_is_new()
    {
        var old = await DiagnoseAsync();
        var young = await DiagnoseAsync(createdAt: 0);

        Assert.Equal("Check the log of the KubeInject controller.", old.FirstFailed!.Findings[0].Suggestion);
        Assert.Null(young.FirstFailed);
        Assert.Contains(young.Steps, step => step is { Step: DiagnosisStepKind.Outcome, State: DiagnosisStatus.Unknown });
    }

    [Fact]
    public async Task The_newest_report_is_the_first_and_reports_before_the_last_issue_are_left_out()
    {
        var diagnosis = await DiagnoseAsync(events:
        [
            Event("CredentialsRefused", -9, "before"), Event("CredentialsIssued", -8, "issued"), Event("CredentialsDelayed", -6, "older"), Event("CredentialsDelayed", -5, "old"), Event("CredentialsRefused", -4, "new"),
        ]);

        Assert.Equal(["CredentialsRefused", "CredentialsDelayed"], diagnosis.FirstFailed!.Findings.Select(finding => finding.Message.Split(' ')[4]));
        Assert.EndsWith(": new.", diagnosis.FirstFailed.Findings[0].Message, StringComparison.Ordinal);
        Assert.EndsWith(": old.", diagnosis.FirstFailed.Findings[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_Event_of_another_component_is_not_a_report()
    {
        var diagnosis = await DiagnoseAsync(events: [Event("CredentialsRefused", -1, "no", component: "other")]);

        Assert.Equal(FindingCode.MissingPodSecret, diagnosis.FirstFailed!.Findings[0].Code);
    }

    [Fact]
    public async Task The_text_of_an_Event_is_shown_in_one_line_without_userinfo()
    {
        var diagnosis = await DiagnoseAsync(events: [Event("CredentialsRefused", -1, $@"a\nb\u202e postgres://me:hunter2@db {new string('x', 5000)}")]);

        var message = diagnosis.FirstFailed!.Findings[0].Message;
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, character => char.IsControl(character) || character == '\u202e');
        Assert.InRange(message.Length, 900, 1100);
    }

    private static string Time(int minutes) => Now.AddMinutes(minutes).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Event(string reason, int minutes, string message, string component = "kubeinject") =>
        $$$"""{"metadata":{"name":"e"},"reason":"{{{reason}}}","message":"{{{message}}}","source":{"component":"{{{component}}}"},"lastTimestamp":"{{{Time(minutes)}}}"}""";

    private static async Task<PodDiagnosis> DiagnoseAsync(string? lease = null, int createdAt = -60, params string[] events)
    {
        lease ??= $$$"""{"metadata":{"name":"kubeinject"},"spec":{"leaseDurationSeconds":15,"renewTime":"{{{Time(0)}}}"} }""";
        using var server = new TestServer(request => request.Path switch
        {
            "/apis/coordination.k8s.io/v1/namespaces/kubeinject/leases/kubeinject" => TestServer.Response.Json($$"""{"apiVersion":"coordination.k8s.io/v1","kind":"Lease",{{lease[1..]}}"""),
            var path when path.StartsWith("/api/v1/namespaces/shop/events?", StringComparison.Ordinal) => TestServer.Response.Json($$"""{"kind":"EventList","apiVersion":"v1","metadata":{},"items":[{{string.Join(',', events)}}]}"""),
            var path when path.Contains("mutatingwebhookconfigurations", StringComparison.Ordinal) => TestServer.Response.Json("""{"kind":"MutatingWebhookConfigurationList","metadata":{},"items":[]}"""),
            _ => TestServer.Response.Error(404, "NotFound", "nothing here"),
        });
        using var connection = new KubeConnection(new ConnectionSettings { Server = server.Http, Namespace = "shop" }, KubeRetryPolicy.Default);
        var pod = KubeInject.Kubernetes.Objects.Pod.Parse($$$"""
            {"metadata":{"name":"orders","namespace":"shop","uid":"1","creationTimestamp":"{{{Time(createdAt)}}}","labels":{"vault-db-injector":"true"},"annotations":{
             "db-creds-injector.numberly.io/uuid":"{{{Uuid}}}","db-creds-injector.numberly.io/orders.role":"rw","db-creds-injector.numberly.io/orders.env-key-dbuser":"U","db-creds-injector.numberly.io/orders.env-key-dbpassword":"P"} },
             "spec":{"containers":[{"name":"app","env":[{{{Variable("U", "username")}}},{{{Variable("P", "password")}}}]}]} }
            """);
        return await new PodDiagnostician(null, connection.Objects).DiagnoseAsync(pod, CancellationToken.None);
    }

    private static string Variable(string name, string key) =>
        $$$"""{"name":"{{{name}}}","valueFrom":{"secretKeyRef":{"name":"kubeinject-{{{Uuid}}}","key":"orders.{{{key}}}"} } }""";
}
