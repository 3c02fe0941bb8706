using System.Globalization;

namespace KubeInject.Kubernetes;

/// <summary>Ages as kubectl shows them: two units where the second still says something, one where not.</summary>
internal static class Age
{
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
