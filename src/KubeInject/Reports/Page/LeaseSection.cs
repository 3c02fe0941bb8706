using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Reports.Page;

/// <summary>Writes the leases: a chart by remaining time, and a table.</summary>
internal static class LeaseSection
{
    private const int MaxRows = 2000;

    private static readonly string[] Columns = ["Owner", "State", "Credential", "Expires", "Issued", "Lease"];

    /// <summary>The meaning of a state.</summary>
    public static string Meaning(LeaseState state) => state switch
    {
        LeaseState.Active => "more than a third of its lifetime is left",
        LeaseState.Expiring => "less than a third of its lifetime is left",
        LeaseState.Expired => "its lifetime is over",
        LeaseState.Orphaned => "no pod and no workload uses it; the next sweep revokes it",
        _ => "it was not issued completely, or is being issued",
    };

    public static void Write(HtmlWriter html, PodInjectionReport report)
    {
        using var section = html.Open("section", ("aria-labelledby", "leases"));
        html.Write("h2", "Leases", ("id", "leases"));
        html.Write("p", report.LeaseSource + (report.Leases.Count == 0 ? " There are none." : ""), ("class", "aside"));
        if (report.Leases.Count == 0)
            return;
        LeaseTimelineChart.Write(html, report);
        HtmlTable.Write(html, "leases-table", "Leases in the order of their expiration", "leases", Columns, report.Leases.Take(MaxRows), (row, lease) =>
        {
            row.Heading(() => html.Write(lease.Owner));
            row.Cell(() => html.Write("span", $"{lease.State}", ("class", $"badge {lease.State.ToString().ToLowerInvariant()}")));
            row.Cell(Credential(lease));
            row.Cell(() =>
            {
                html.Write("div", Ends(lease, report.CreatedAt));
                if (lease.ExpiresAt is { } end)
                    html.Write("div", ReportPage.Time(end), ("class", "time"));
            });
            row.Cell(lease.IssuedAt is { } issued ? ReportPage.Time(issued) : null, "when");
            row.Cell(() => html.Write("code", $"{lease.Uuid}"), "uuid");
        });
        if (report.Leases.Count > MaxRows)
            html.Write("p", $"{HtmlWriter.Number(report.Leases.Count - MaxRows)} that expire later are counted above but not listed.", ("class", "aside"));
    }

    private static string Credential(ReportedLease lease) =>
        string.Join(", ", new[] { lease.Database, lease.Role.Length == 0 ? "" : $"role {lease.Role}", $"from {lease.Source}" }.Where(part => part.Length > 0));

    private static string Ends(ReportedLease lease, DateTimeOffset now)
    {
        if (lease.State == LeaseState.Incomplete)
            return "probably not issued";
        if (lease.ExpiresAt is not { } end)
            return "does not expire";
        var when = end > now ? $"in {HumanDuration.Of(end - now)}" : $"{HumanDuration.Of(now - end)} ago";
        return $"{when}{(lease.IsRenewable && end > now ? ", renewable" : "")}";
    }
}
