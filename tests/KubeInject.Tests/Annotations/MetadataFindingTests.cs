using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

public sealed class MetadataFindingTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void Annotations_on_the_workload_alone_are_an_error()
    {
        var injection = Read(With() with { WorkloadAnnotations = Prefixed(("orders.role", "rw"), ("cluster", "pg")) });
        var finding = Assert.Single(injection.Findings);
        Assert.Equal((FindingCode.AnnotationsOnWorkload, FindingSeverity.Error), (finding.Code, finding.Severity));
        Assert.Equal(InjectionAnnotation.Prefix + "cluster", finding.Key);
        Assert.Contains(InjectionAnnotation.Prefix + "orders.role", finding.Message, StringComparison.Ordinal);
        Assert.Contains(" spec.template.metadata.annotations.", finding.Suggestion, StringComparison.Ordinal);
        Assert.Equal(InjectionState.None, injection.State);
        Assert.True(injection.HasErrors);
    }

    [Fact]
    public void Annotations_on_workload_and_template_are_a_warning()
    {
        var injection = Read(With(("orders.role", "rw")) with { WorkloadAnnotations = Prefixed(("orders.role", "rw")) });
        Assert.Equal(FindingSeverity.Warning, injection.Only(FindingCode.AnnotationsOnWorkload).Severity);
        Assert.False(injection.HasErrors);
    }

    [Theory]
    [InlineData("CronJob", " spec.jobTemplate.spec.template.metadata.annotations.")]
    [InlineData("PodTemplate", " template.metadata.annotations.")]
    [InlineData("StatefulSet", " spec.template.metadata.annotations.")]
    public void The_suggestion_names_the_field_of_the_kind(string kind, string field)
    {
        var pod = With() with { Object = new ObjectReference(kind, null, "x"), WorkloadAnnotations = Prefixed(("orders.role", "rw")) };
        Assert.Contains(field, Read(pod).Only(FindingCode.AnnotationsOnWorkload).Suggestion, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_label_is_a_warning_that_names_its_location()
    {
        var pod = With(("orders.role", "rw")) with { Labels = None, Object = new ObjectReference("Pod", "shop", "orders") };
        var finding = Read(pod).Only(FindingCode.MissingLabel);
        Assert.Equal((FindingSeverity.Warning, "vault-db-injector"), (finding.Severity, finding.Key));
        Assert.Contains("\"true\" to metadata.labels", finding.Suggestion, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_on_the_workload_only_must_be_moved()
    {
        var pod = With(("orders.role", "rw")) with { Labels = None, WorkloadLabels = new Dictionary<string, string> { ["vault-db-injector"] = "true" } };
        Assert.StartsWith("Move the label", Read(pod).Only(FindingCode.MissingLabel).Suggestion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("True")]
    [InlineData("false")]
    [InlineData("")]
    public void A_label_other_than_true_is_a_warning(string value)
    {
        var pod = With(("orders.role", "rw")) with { Labels = new Dictionary<string, string> { ["vault-db-injector"] = value } };
        Assert.Equal(FindingSeverity.Warning, Read(pod).Only(FindingCode.LabelNotTrue).Severity);
    }

    [Fact]
    public void The_label_of_the_operator_is_accepted()
    {
        var options = new InjectionOptions { LabelKey = "db" };
        Assert.Equal("db", PodInjectionReader.Read(With(("orders.role", "rw")), options).Only(FindingCode.MissingLabel).Key);
        var labeled = With(("orders.role", "rw")) with { Labels = new Dictionary<string, string> { ["db"] = "true" } };
        PodInjectionReader.Read(labeled, options).HasNo(FindingCode.MissingLabel);
    }

    [Fact]
    public void A_label_without_annotations_is_a_warning()
    {
        var finding = Assert.Single(Read(With()).Findings);
        Assert.Equal((FindingCode.LabelWithoutAnnotations, FindingSeverity.Warning), (finding.Code, finding.Severity));
    }

    [Fact]
    public void Labels_of_a_pod_that_requests_nothing_are_ignored()
    {
        Assert.Empty(Read(With() with { Labels = new Dictionary<string, string> { ["vault-db-injector"] = "false" } }).Findings);
        Assert.Empty(Read(With() with { Labels = None, WorkloadLabels = new Dictionary<string, string> { ["vault-db-injector"] = "true" } }).Findings);
    }

    [Theory]
    [InlineData("revoke-ttl")]
    [InlineData("revoke-ttl-seconds")]
    [InlineData("revoke-ttl.orders")]
    public void A_leftover_of_version_1_makes_the_injector_ignore_the_pod(string key)
    {
        var injection = Read((key, "1h"), ("orders.mode", "x"), ("uuid", FirstUuid));
        Assert.Equal(InjectionState.Ignored, injection.State);
        Assert.Empty(injection.Databases);
        var finding = Assert.Single(injection.Findings);
        Assert.Equal((FindingCode.VersionOneAnnotation, FindingSeverity.Warning), (finding.Code, finding.Severity));
        Assert.False(injection.HasErrors);
    }
}
