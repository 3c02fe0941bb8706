using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Kubernetes;

public sealed class HumanDurationTests
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
    [InlineData((5 * 86400) + (3 * 3600) + 1800, "5d3h")]
    [InlineData((8 * 86400) - 1, "7d23h")]
    [InlineData((2 * 365 * 86400) - 1, "729d")]
    [InlineData(2 * 365 * 86400, "2y")]
    [InlineData(731 * 86400, "2y1d")]
    [InlineData(743 * 86400, "2y13d")]
    [InlineData((8L * 365 * 86400) - 1, "7y364d")]
    [InlineData(8L * 365 * 86400, "8y")]
    [InlineData(4000L * 86400, "10y")]
    public void An_age_has_the_format_of_kubectl(long seconds, string expected) => Assert.Equal(expected, HumanDuration.Of(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_missing_time_has_no_age()
    {
        Assert.Equal("<unknown>", HumanDuration.OfAge(null));
        Assert.Equal("5d3h", HumanDuration.OfAge(new TimeSpan(5, 3, 0, 0)));
    }

    [Theory]
    [InlineData(45, "45m")]
    [InlineData(0, "0s ago")]
    [InlineData(-45, "45m ago")]
    public void An_expiration_is_in_the_future_or_in_the_past(int minutes, string expected) => Assert.Equal(expected, HumanDuration.OfRemaining(TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void A_missing_expiration_is_a_dash() => Assert.Equal("-", HumanDuration.OfRemaining(null));
}
