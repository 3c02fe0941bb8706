using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Kubernetes;

public sealed class ObjectNameTests
{
    [Theory]
    [InlineData("orders-1", null, "orders-1")]
    [InlineData("orders-*", null, "orders-*")]
    [InlineData("pod/orders-1", null, "orders-1")]
    [InlineData("Pods/orders-1", null, "orders-1")]
    [InlineData("po/orders-1", null, "orders-1")]
    [InlineData("shop/pod/orders-1", "shop", "orders-1")]
    public void Names_are_read_in_the_formats_of_kubectl_and_this_module(string text, string? @namespace, string name) =>
        Assert.Equal(new ObjectReference("Pod", @namespace, name), ObjectName.Parse(text, KubeResource.Pods));

    // A slash or a percent sign in a path would reach another endpoint of the API.
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("pod/")]
    [InlineData("pod/..")]
    [InlineData("single%2Flog")]
    [InlineData("single/log")]
    [InlineData("a/b/pod/orders")]
    [InlineData("/pod/orders")]
    [InlineData("or ders")]
    public void An_invalid_name_is_rejected(string text) =>
        Assert.Contains("pod/NAME", Assert.Throws<FormatException>(() => ObjectName.Parse(text, KubeResource.Pods)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_name_of_another_kind_is_rejected() =>
        Assert.Contains("'deployment' is another kind", Assert.Throws<FormatException>(() => ObjectName.Parse("deployment/orders", KubeResource.Pods)).Message, StringComparison.Ordinal);
}
