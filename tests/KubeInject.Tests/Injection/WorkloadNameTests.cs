using KubeInject.Injection.Workloads;

namespace KubeInject.Tests.Injection;

public sealed class WorkloadNameTests
{
    [Theory]
    [InlineData("deployment/orders", "Deployment")]
    [InlineData("deployments/orders", "Deployment")]
    [InlineData("Deploy/orders", "Deployment")]
    [InlineData("deployment.apps/orders", "Deployment")]
    [InlineData("deployments.v1.apps/orders", "Deployment")]
    [InlineData("sts/orders", "StatefulSet")]
    [InlineData("ds/orders", "DaemonSet")]
    [InlineData("cj/orders", "CronJob")]
    [InlineData("cronjobs.batch/orders", "CronJob")]
    [InlineData("po/orders", "Pod")]
    public void Names_are_written_as_in_kubectl(string text, string kind)
    {
        var workload = WorkloadName.Parse(text, "shop");

        Assert.Equal((kind, "shop", "orders"), (workload.Kind, workload.Namespace, workload.Name));
    }

    [Fact]
    public void A_name_can_have_its_namespace_as_prefix() =>
        Assert.Equal("other/deployment/orders", WorkloadName.Parse("other/deploy/orders", "shop").ToString());

    [Theory]
    [InlineData("orders", "as in deployment/orders")]
    [InlineData("deployment/", "as in deployment/orders")]
    [InlineData("pod/..", "as in deployment/orders")]
    [InlineData("pod/single%2Flog", "as in deployment/orders")]
    [InlineData("../pod/orders", "as in deployment/orders")]
    [InlineData("/deployment/orders", "as in deployment/orders")]
    [InlineData("a/shop/deployment/orders", "as in deployment/orders")]
    [InlineData("rs/orders", "Use one of these kinds: deployment (deploy), statefulset (sts), daemonset (ds), cronjob (cj), pod (po).")]
    [InlineData("deployments.example.com/orders", "Use one of these kinds:")]
    [InlineData("cronjobs.apps/orders", "Use one of these kinds:")]
    public void An_invalid_name_is_an_error(string text, string hint) =>
        Assert.Contains(hint, Assert.Throws<FormatException>(() => WorkloadName.Parse(text, "shop")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("deployment/orders", true)]
    [InlineData("shop/pod/orders-1", true)]
    [InlineData("deployment/orders.yaml", false)]
    [InlineData("./orders", false)]
    [InlineData("orders", false)]
    public void A_name_differs_from_a_path(string text, bool isName) => Assert.Equal(isName, WorkloadName.IsName(text));
}
