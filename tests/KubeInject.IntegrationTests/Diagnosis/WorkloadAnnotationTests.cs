using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Objects;
using KubeInject.Reports;

namespace KubeInject.IntegrationTests.Diagnosis;

/// <summary>Annotations in the metadata of a workload, where no injector reads them, are reported for its pods and for the workload.</summary>
public sealed class WorkloadAnnotationTests
{
    private const string Role = "db-creds-injector.numberly.io/orders.role";
    private const string Annotations = $$""","annotations":{"{{Role}}":"orders-rw"}""";
    private const string Template = """{"metadata":{"labels":{"app":"orders"}},"spec":{"restartPolicy":"Never","containers":[{"name":"app","image":"app"}]}}""";

    [Fact]
    public async Task A_pod_of_a_Deployment_is_explained_by_the_annotations_of_the_Deployment()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        var pod = await CreateDeploymentAsync(fixture);

        var diagnosis = await fixture.Diagnostician().DiagnoseAsync(pod, CancellationToken.None);

        var finding = Assert.Single(diagnosis.Findings);
        Assert.Equal((FindingCode.AnnotationsOnWorkload, $"{fixture.Namespace}/deployment/orders"), (finding.Code, $"{finding.Object}"));
        Assert.Equal($"will not be injected: No injector reads these annotations in the metadata of {fixture.Namespace}/deployment/orders: '{Role}'", diagnosis.Verdict);
        Assert.Equal("Move the annotations to spec.template.metadata.annotations.", Explanation.Of(diagnosis).Remedy);
    }

    [Theory]
    [InlineData("apps/v1", "StatefulSet", "spec.template.metadata")]
    [InlineData("apps/v1", "DaemonSet", "spec.template.metadata")]
    [InlineData("batch/v1", "Job", "spec.template.metadata")]
    [InlineData("batch", "CronJob", "spec.jobTemplate.spec.template.metadata")]
    public async Task A_pod_of_any_workload_is_explained_by_the_annotations_of_its_workload(string apiVersion, string kind, string place)
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        if (kind == "CronJob")
            apiVersion = $"{apiVersion}/{(await TestCluster.DiscoverAsync(KubeResource.CronJobs)).Version}";
        var owner = await CreateAsync(fixture, apiVersion, kind, "orders", Annotations, kind == "CronJob" ? $$$"""{"schedule":"@daily","jobTemplate":{"spec":{"template":{{{Template}}} } } }""" : null);
        if (kind == "CronJob")
            owner = await CreateAsync(fixture, "batch/v1", "Job", "orders-1", DiagnosisFixture.OwnedBy(apiVersion, kind, "orders", owner));
        var pod = await fixture.CreatePodAsync(DiagnosisFixture.OwnedBy(apiVersion, kind == "CronJob" ? "Job" : kind, kind == "CronJob" ? "orders-1" : "orders", owner));

        var finding = Assert.Single((await fixture.Diagnostician().DiagnoseAsync(pod, CancellationToken.None)).Findings);

        Assert.Equal($"{fixture.Namespace}/{kind.ToLowerInvariant()}/orders", $"{finding.Object}");
        Assert.Equal($"Move the annotations to {place}.annotations.", finding.Suggestion);
    }

    [Fact]
    public async Task The_label_of_the_pod_is_no_second_problem()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        var pod = await CreateDeploymentAsync(fixture, $$$""","labels":{"{{{fixture.Label}}}":"true"}""");

        Assert.Equal([FindingCode.AnnotationsOnWorkload], (await fixture.Diagnostician().DiagnoseAsync(pod, CancellationToken.None)).Findings.Select(finding => finding.Code));
    }

    [Fact]
    public async Task Annotations_in_both_places_are_no_problem_of_a_pod()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        var both = Template.Replace("\"labels\"", $"{Annotations[1..]},\"labels\"", StringComparison.Ordinal);
        var owner = await CreateAsync(fixture, "apps/v1", "StatefulSet", "orders", Annotations, $$$"""{"selector":{"matchLabels":{"app":"orders"}},"serviceName":"a","template":{{{OnAlways(both)}}} }""");
        var pod = await fixture.CreatePodAsync(DiagnosisFixture.OwnedBy("apps/v1", "StatefulSet", "orders", owner));

        Assert.Equal("requests no credentials", (await fixture.Diagnostician().DiagnoseAsync(pod, CancellationToken.None)).Verdict);
    }

    [Fact]
    public async Task Many_pods_need_one_list_of_each_kind_and_no_request_for_the_owners_of_other_pods()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        var pod = await CreateDeploymentAsync(fixture);
        var others = new List<Pod>();
        foreach (var name in new[] { "one", "two", "three" })
        {
            var owner = await CreateAsync(fixture, "apps/v1", "ReplicaSet", name);
            others.Add(await fixture.CreatePodAsync(DiagnosisFixture.OwnedBy("apps/v1", "ReplicaSet", name, owner), name));
        }

        var paths = new List<string>();
        fixture.Connection.RequestCompleted += request => paths.Add(request.Path.Split('?')[0]);
        var diagnostician = fixture.Diagnostician();
        Assert.Null(await diagnostician.ListWorkloadsAsync(new KubeQuery(), CancellationToken.None));
        foreach (var one in others.Append(pod))
            await diagnostician.DiagnoseAsync(one, CancellationToken.None);

        var prefix = $"/namespaces/{fixture.Namespace}";
        Assert.Equal(
            ["cronjobs", "daemonsets", "deployments", "deployments/orders", "jobs", "replicasets/orders-1", "statefulsets"],
            paths.Where(path => path.Contains(prefix, StringComparison.Ordinal)).Select(path => path[(path.IndexOf(prefix, StringComparison.Ordinal) + prefix.Length + 1)..]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_workload_without_diagnosed_pods_is_diagnosed_itself()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        var pod = await CreateDeploymentAsync(fixture);
        await CreateAsync(fixture, "apps/v1", "StatefulSet", "idle", Annotations);
        await CreateAsync(fixture, "apps/v1", "StatefulSet", "sound");
        var diagnostician = fixture.Diagnostician();
        await diagnostician.ListWorkloadsAsync(new KubeQuery(), CancellationToken.None);
        await diagnostician.DiagnoseAsync(pod, CancellationToken.None);

        var diagnosis = Assert.Single(await diagnostician.DiagnoseWorkloadsAsync(CancellationToken.None));

        Assert.Equal($"{fixture.Namespace}/statefulset/idle", $"{diagnosis.Object}");
        Assert.StartsWith("will not be injected: No injector reads these annotations", diagnosis.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_permissions_are_reported_once_and_do_not_stop_the_diagnosis()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        var pod = await CreateDeploymentAsync(fixture);
        await TestCluster.AllowAsync(fixture.Namespace, "pods", "User", Identity.Viewer);
        using var viewer = await TestCluster.OpenAsync("viewer", fixture.Namespace);
        var diagnostician = fixture.Diagnostician(viewer);

        var alone = await diagnostician.DiagnoseAsync(pod, CancellationToken.None);
        var problem = await diagnostician.ListWorkloadsAsync(new KubeQuery(), CancellationToken.None);

        Assert.Contains("The permission to get replicasets.apps", Assert.Single(alone.Steps, step => step.State == DiagnosisStatus.Unknown).Text, StringComparison.Ordinal);
        Assert.StartsWith($"Annotations in the metadata of some workloads were not checked. The permission to list deployments.apps in the namespace {fixture.Namespace} is missing.", problem, StringComparison.Ordinal);
        Assert.Contains("cronjobs.batch", problem, StringComparison.Ordinal);
        Assert.Equal("requests no credentials", (await diagnostician.DiagnoseAsync(pod, CancellationToken.None)).Verdict);
    }

    [Fact]
    public async Task The_report_contains_the_workload_and_the_cause()
    {
        await using var fixture = await DiagnosisFixture.CreateAsync();
        await CreateDeploymentAsync(fixture);

        var report = await new PodInjectionReporter(fixture.Connection, options: fixture.Options).CreateAsync(new KubeQuery { Namespace = fixture.Namespace }, null, CancellationToken.None);

        Assert.Equal(["deployment/orders"], report.Pods.Select(pods => pods.Name));
        Assert.Equal(FindingCode.AnnotationsOnWorkload, Assert.Single(report.Causes).Key);
        Assert.Equal([new NamespaceSummary(fixture.Namespace, 1, 0, 0, 0, 1, 1, 0)], report.Namespaces);
    }

    private static string OnAlways(string template) => template.Replace("Never", "Always", StringComparison.Ordinal);

    /// <summary>Creates a Deployment with annotations in its metadata, its ReplicaSet, and a pod.</summary>
    private static async Task<Pod> CreateDeploymentAsync(DiagnosisFixture fixture, string metadata = "")
    {
        var deployment = await CreateAsync(fixture, "apps/v1", "Deployment", "orders", Annotations);
        var replicas = await CreateAsync(fixture, "apps/v1", "ReplicaSet", "orders-1", $"{Annotations}{DiagnosisFixture.OwnedBy("apps/v1", "Deployment", "orders", deployment)}");
        return await fixture.CreatePodAsync($"{metadata}{DiagnosisFixture.OwnedBy("apps/v1", "ReplicaSet", "orders-1", replicas)}", "orders-1-a");
    }

    private static Task<JsonElement> CreateAsync(DiagnosisFixture fixture, string apiVersion, string kind, string name, string metadata = "", string? spec = null)
    {
        spec ??= kind == "Job" ? $$$"""{"template":{{{Template}}} }""" : $$$"""{"selector":{"matchLabels":{"app":"orders"} }{{{(kind == "StatefulSet" ? ",\"serviceName\":\"a\"" : "")}}},"template":{{{OnAlways(Template)}}} }""";
        return TestCluster.SendAsync(HttpMethod.Post, $"/apis/{apiVersion}/namespaces/{fixture.Namespace}/{kind.ToLowerInvariant()}s", $$$"""{"metadata":{"name":"{{{name}}}"{{{metadata}}} },"spec":{{{spec}}} }""");
    }
}
