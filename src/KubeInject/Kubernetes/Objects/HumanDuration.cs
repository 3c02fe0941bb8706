using System.Globalization;

namespace KubeInject.Kubernetes.Objects;

/// <summary>Formats durations like kubectl: with two units if the second one is significant, otherwise with one.</summary>
/// <remarks>Follows HumanDuration of k8s.io/apimachinery, pkg/util/duration.</remarks>
internal static class HumanDuration
{
    /// <summary>Formats an age: <c>45m</c>, <c>5d3h</c>, <c>2y13d</c>.</summary>
    /// <param name="age">The age; null if it is unknown.</param>
    /// <returns>The age; <c>&lt;unknown&gt;</c> without one; <c>&lt;invalid&gt;</c> if it is less than minus one second.</returns>
    public static string OfAge(TimeSpan? age) => age is { } known ? Of(known) : "<unknown>";

    /// <summary>Formats a remaining time: <c>45m</c>, <c>5d3h</c>, or <c>5m ago</c> after the end.</summary>
    /// <param name="remaining">The remaining time; null if there is no end or it is unknown.</param>
    /// <returns>The remaining time; <c>-</c> without an end.</returns>
    public static string OfRemaining(TimeSpan? remaining) => remaining is not { } known ? "-" : known > TimeSpan.Zero ? Of(known) : $"{Of(-known)} ago";

    /// <summary>Formats a duration: <c>45m</c>, <c>5d3h</c>, <c>2y13d</c>.</summary>
    /// <param name="age">The duration.</param>
    /// <returns>One or two units.</returns>
    public static string Of(TimeSpan age)
    {
        var (seconds, minutes, hours, days) = ((long)age.TotalSeconds, (long)age.TotalMinutes, (long)age.TotalHours, (long)age.TotalDays);
        return age switch
        {
            _ when seconds < -1 => "<invalid>",
            _ when seconds < 0 => "0s",
            _ when seconds < 120 => One(seconds, 's'),
            _ when minutes < 10 => Two(minutes, 'm', seconds % 60, 's'),
            _ when minutes < 180 => One(minutes, 'm'),
            _ when hours < 8 => Two(hours, 'h', minutes % 60, 'm'),
            _ when hours < 48 => One(hours, 'h'),
            _ when days < 8 => Two(days, 'd', hours % 24, 'h'),
            _ when days < 2 * 365 => One(days, 'd'),
            _ when days < 8 * 365 => Two(days / 365, 'y', days % 365, 'd'),
            _ => One(days / 365, 'y'),
        };
    }

    private static string One(long count, char unit) => string.Create(CultureInfo.InvariantCulture, $"{count}{unit}");

    private static string Two(long count, char unit, long rest, char restUnit) => rest == 0 ? One(count, unit) : One(count, unit) + One(rest, restUnit);
}
