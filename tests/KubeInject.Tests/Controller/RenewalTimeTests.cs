using KubeInject.Controller;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Controller;

/// <summary>A lease is renewed after about half of its time, at a time that only its record determines.</summary>
public sealed class RenewalTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_lease_is_due_between_two_fifths_and_three_fifths_of_its_time()
    {
        var times = Enumerable.Range(0, 1000).Select(_ => (RenewalTime.DueAt(Record(), Start)!.Value - Start).TotalMinutes).ToList();

        Assert.All(times, minutes => Assert.InRange(minutes, 24, 36));
        Assert.True(times.Max() - times.Min() > 5, "The times must differ.");
    }

    [Fact]
    public void The_time_does_not_depend_on_when_it_is_determined()
    {
        var record = Record();

        Assert.Equal(RenewalTime.DueAt(record, Start), RenewalTime.DueAt(record, Start.AddMinutes(50)));
    }

    [Fact]
    public void After_a_renewal_the_time_counts_from_the_renewal()
    {
        var renewed = Record() with { RenewedAt = Start.AddMinutes(30), ExpiresAt = Start.AddMinutes(90) };

        Assert.InRange(RenewalTime.DueAt(renewed, Start)!.Value, Start.AddMinutes(54), Start.AddMinutes(66));
    }

    [Fact]
    public void A_lease_that_is_incomplete_or_does_not_expire_is_never_due()
    {
        Assert.Null(RenewalTime.DueAt(Record() with { IsComplete = false }, Start));
        Assert.Null(RenewalTime.DueAt(Record() with { ExpiresAt = null }, Start));
    }

    [Fact]
    public void A_lease_with_an_unknown_start_is_due_now() => Assert.Equal(Start, RenewalTime.DueAt(Record() with { RecordedAt = null }, Start));

    [Theory]
    [InlineData(90, false)]
    [InlineData(86, false)]
    [InlineData(70, true)]
    [InlineData(60, true)]
    [InlineData(59, true)]
    public void A_renewal_that_hardly_moves_the_end_has_reached_the_limit(int minutes, bool expected)
    {
        var before = Record();

        Assert.Equal(expected, RenewalTime.HasReachedLimit(before, before with { RenewedAt = Start.AddMinutes(30), ExpiresAt = Start.AddMinutes(minutes) }));
    }

    [Fact]
    public void A_lease_that_no_longer_expires_has_no_limit() =>
        Assert.False(RenewalTime.HasReachedLimit(Record(), Record() with { RenewedAt = Start.AddMinutes(30), ExpiresAt = null }));

    private static LeaseRecord Record() => new()
    {
        Uuid = Guid.NewGuid(),
        Source = "test",
        IsComplete = true,
        IsRenewable = true,
        Owner = new ObjectReference("Pod", "shop", "orders"),
        ServiceAccountName = "default",
        RecordedAt = Start,
        ExpiresAt = Start.AddHours(1),
    };
}
