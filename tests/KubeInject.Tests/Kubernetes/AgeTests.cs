using KubeInject.Kubernetes;

namespace KubeInject.Tests.Kubernetes;

public sealed class AgeTests
{
    [Theory]
    [InlineData(-5, "<invalid>")]
    [InlineData(-1, "0s")]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(125, "2m5s")]
    [InlineData(600, "10m")]
    [InlineData((3 * 3600) - 1, "179m")]
    [InlineData(3 * 3600, "3h")]
    [InlineData((7 * 3600) + 90, "7h1m")]
    [InlineData(47 * 3600, "47h")]
    [InlineData((2 * 86400) + 3600, "2d1h")]
    [InlineData(8 * 86400, "8d")]
    [InlineData(700 * 86400, "700d")]
    [InlineData(731 * 86400, "2y1d")]
    [InlineData(4000L * 86400, "10y")]
    public void An_age_reads_as_kubectl_shows_it(long seconds, string expected) => Assert.Equal(expected, Age.Of(TimeSpan.FromSeconds(seconds)));
}
