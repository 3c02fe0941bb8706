using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Reports.Page;

/// <summary>The leases: how many stand how, when they end, and each of them.</summary>
internal static class LeaseSection
{
    private const int MostRows = 2000;

    private static readonly string[] Columns = ["Owner", "State", "Credential", "Ends", "Issued", "Lease"];

    /// <summary>What there is to know of a state, in half a sentence.</summary>
    public static string Meaning(LeaseState state) => state switch
    {
        LeaseState.Active => "more than a third of its time is left",
        LeaseState.Expiring => "less than a third of its time is left",
        LeaseState.Expired => "its time is over",
        LeaseState.Orphaned => "no pod and no workload has it any more; the next sweep revokes it",
        _ => "issuing it broke off, or is under way",
    };

    public static void Write(HtmlWriter html, PodInjectionReport report)
    {
        using var section = html.Open("section", ("aria-labelledby", "leases"));
        html.Write("h2", "Leases", ("id", "leases"));
        html.Write("p", report.LeaseSource + (report.Leases.Count == 0 ? " None is on record." : ""), ("class", "aside"));
        if (report.Leases.Count == 0)
            return;
        LeaseTimelineChart.Write(html, report);
        HtmlTable.Write(html, "leases-table", "Leases, in the order in which they end", "leases", Columns, report.Leases.Take(MostRows), (row, lease) =>
        {
            row.Heading(() => html.Write(lease.Owner));
            row.Cell(() => html.Write("span", $"{lease.State}", ("class", $"chip {lease.State.ToString().ToLowerInvariant()}")));
            row.Cell(Credential(lease));
            row.Cell(() =>
            {
                html.Write("div", Ends(lease, report.CreatedAt));
                if (lease.ExpiresAt is { } end)
                    html.Write("div", ReportPage.Time(end), ("class", "when"));
            });
            row.Cell(lease.IssuedAt is { } issued ? ReportPage.Time(issued) : null, "when");
            row.Cell(() => html.Write("code", $"{lease.Uuid}"), "uuid");
        });
        if (report.Leases.Count > MostRows)
            html.Write("p", $"{HtmlWriter.Number(report.Leases.Count - MostRows)} that end later are counted above and not listed.", ("class", "aside"));
    }

    private static string Credential(ReportedLease lease) =>
        string.Join(", ", new[] { lease.Database, lease.Role.Length == 0 ? "" : $"role {lease.Role}", $"from {lease.Source}" }.Where(part => part.Length > 0));

    private static string Ends(ReportedLease lease, DateTimeOffset now)
    {
        if (lease.State == LeaseState.Incomplete)
            return "not issued, for all that is known";
        if (lease.ExpiresAt is not { } end)
            return "not by itself";
        var when = end > now ? $"in {HumanDuration.Of(end - now)}" : $"{HumanDuration.Of(now - end)} ago";
        return $"{when}{(lease.IsRenewable && end > now ? ", renewable" : "")}";
    }
}
