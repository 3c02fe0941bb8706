using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Kubernetes.Objects;
using KubeInject.Reports;
using KubeInject.Reports.Page;

namespace KubeInject.Tests.Reports;

/// <summary>Which pods a report groups, and what it shows of them.</summary>
public sealed class PodGroupBuilderTests
{
    [Fact]
    public void Pods_of_one_template_with_the_same_request_are_one_group() => Assert.Equal(
        ["shop/orders-abc-*", "shop/orders-def-1", "web/orders-abc-3"],
        Groups(Pod("orders-abc-2", hash: "abc"), Pod("orders-def-1", hash: "def"), Pod("orders-abc-3", @namespace: "web", hash: "abc"), Pod("orders-abc-1", hash: "abc")).Select(group => $"{group}"));

    [Fact]
    public void Pods_of_one_template_with_different_states_are_separate_groups() => Assert.Equal(
        [InjectionState.Pending, InjectionState.Injected],
        Groups(Pod("orders-abc-1", hash: "abc"), Pod("orders-abc-2", hash: "abc", more: ("uuid", "5b3c8ff8-3a55-4e6c-9b2b-6d6b1f3f3a10"))).Select(group => group.State));

    [Fact]
    public void Pods_without_a_template_are_separate_groups() =>
        Assert.Equal(["shop/one", "shop/two"], Groups(Pod("two"), Pod("one")).Select(group => $"{group}"));

    [Theory]
    [InlineData("orders.role", "postgres://me:canary@db:5432/orders")]
    [InlineData("orders.env-key-dbuser", "password=canary")]
    [InlineData("cluster", "postgres://me:canary@db:5432/orders")]
    [InlineData("orders.template", "postgres://me:canary@db:5432/orders")]
    public void A_possible_password_in_the_wrong_field_is_not_shown(string key, string value)
    {
        var groups = Groups(Pod("orders", more: (key, value)));

        Assert.Single(groups[0].Databases);
        Assert.DoesNotContain("canary", HtmlReport.Render(Reports.With("orders") with { Pods = groups }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mount_can_have_a_path() =>
        Assert.Equal("databases/eu", Groups(Pod("orders", more: ("cluster", "databases/eu")))[0].Databases[0].Mount);

    private static PodGroup[] Groups(params ObjectMetadata[] pods) =>
        [.. PodGroupBuilder.Group(pods.Select(pod => new TemplatePod(pod, PodInjections.ReadAll(pod, InjectionOptions.Default)))).Select(pods => pods.ToGroup())];

    private static ObjectMetadata Pod(string name, string @namespace = "shop", string? hash = null, (string Key, string Value)? more = null)
    {
        var annotations = new Dictionary<string, string> { [$"{InjectionAnnotation.Prefix}orders.role"] = "orders-rw" };
        if (more is { } one)
            annotations[InjectionAnnotation.Prefix + one.Key] = one.Value;
        var labels = new Dictionary<string, string> { ["vault-db-injector"] = "true" };
        if (hash is not null)
            labels["pod-template-hash"] = hash;
        return new ObjectMetadata { Kind = "Pod", Namespace = @namespace, Name = name, Labels = labels, Annotations = annotations };
    }
}
