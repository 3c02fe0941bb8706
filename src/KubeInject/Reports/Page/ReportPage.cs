using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeInject.Annotations;
using KubeInject.Leases;

namespace KubeInject.Reports.Page;

/// <summary>Renders the whole page: head, header, summary, sections, and footer.</summary>
internal static class ReportPage
{
    private static readonly string Style = ReadResource("report.css");
    private static readonly string Script = ReadResource("report.js");

    // The browser loads nothing and uses only the styles and scripts of this page.
    // (https://www.w3.org/TR/CSP3/#grammardef-hash-source)
    private static readonly string Policy =
        $"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; base-uri 'none'; form-action 'none'";

    public static string Render(PodInjectionReport report)
    {
        var html = new HtmlWriter();
        html.WriteRaw("<!DOCTYPE html>\n");
        using (html.Open("html", ("lang", "en")))
        {
            WriteHead(html, report);
            using (html.Open("body"))
            {
                html.Write("a", "Skip to the pods", ("class", "skip-link"), ("href", "#pods"));
                WriteHeader(html, report);
                using (html.Open("main"))
                {
                    WriteSummary(html, report);
                    WriteSearch(html);
                    PodSection.Write(html, report);
                    FindingSection.Write(html, report);
                    LeaseSection.Write(html, report);
                    NamespaceSection.Write(html, report);
                }

                WriteFooter(html, report);
                using (html.Open("script"))
                    html.WriteRaw(Script);
            }
        }

        html.EndLine();
        return html.ToString();
    }

    /// <summary>Formats a time for the page.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static void WriteHead(HtmlWriter html, PodInjectionReport report)
    {
        using var head = html.Open("head");
        html.WriteEmpty("meta", ("charset", "utf-8"));
        html.WriteEmpty("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy));
        html.WriteEmpty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        html.WriteEmpty("meta", ("name", "referrer"), ("content", "no-referrer"));
        html.WriteEmpty("meta", ("name", "color-scheme"), ("content", "light dark"));
        html.WriteEmpty("meta", ("name", "generator"), ("content", $"KubeInject {report.Version}"));
        html.Write("title", $"Database credentials of {(report.Context is { } context ? $"{context} ({report.Server})" : report.Server)}, {Time(report.CreatedAt)}");
        using (html.Open("style"))
            html.WriteRaw(Style);
    }

    private static void WriteHeader(HtmlWriter html, PodInjectionReport report)
    {
        using var header = html.Open("header");
        html.Write("p", "Database credentials of pods", ("class", "subtitle"));
        using (html.Open("h1"))
        {
            if (report.Context is { } context)
                html.Write($"{context} ");
            html.Write("span", report.Server, ("class", report.Context is null ? null : "server"));
        }

        using var facts = html.Open("dl", ("class", "facts"));
        Fact("Scope", report.Scope);
        Fact("Created", Time(report.CreatedAt));
        Fact("User", report.User ?? "not reported by the server");
        Fact("Kubernetes", report.ServerVersion ?? "version not reported by the server");

        void Fact(string name, string value)
        {
            using var fact = html.Open("div");
            html.Write("dt", name);
            html.Write("dd", value);
        }
    }

    private static void WriteSummary(HtmlWriter html, PodInjectionReport report)
    {
        using var section = html.Open("section", ("aria-labelledby", "summary"), ("class", "summary"));
        html.Write("h2", "Summary", ("id", "summary"));
        html.Write("p", Lead(report), ("class", "introduction"));
        WriteCauses(html, report);
        using (var numbers = html.Open("dl", ("class", "totals")))
        {
            Number("Pods", report.PodCount);
            Number("Requesting", report.Namespaces.Sum(one => one.Requesting));
            Number("Injected", report.Namespaces.Sum(one => one.Injected), "good");
            Number("Pending", report.Namespaces.Sum(one => one.Pending), "warning");
            Number("Errors", report.CountOf(FindingSeverity.Error), "error");
            Number("Warnings", report.CountOf(FindingSeverity.Warning), "warning");
            Number("Leases", report.Leases.Count);
        }

        if (report.Gaps.Count == 0)
            return;
        using var gaps = html.Open("div", ("class", "gaps"));
        html.Write("h3", "What could not be checked");
        using var list = html.Open("ul");
        foreach (var gap in report.Gaps.Take(20))
            html.Write("li", gap);
        if (report.Gaps.Count > 20)
            html.Write("li", $"And {HtmlWriter.Number(report.Gaps.Count - 20)} more.");

        void Number(string name, int number, string? kind = null)
        {
            using var one = html.Open("div", ("class", number == 0 ? null : kind));
            html.Write("dt", name);
            html.Write("dd", HtmlWriter.Number(number));
        }
    }

    private static string Lead(PodInjectionReport report)
    {
        var requesting = report.Namespaces.Sum(one => one.Requesting);
        var missing = requesting - report.Namespaces.Sum(one => one.Injected);
        var orphans = report.CountOf(LeaseState.Orphaned);
        var pods = requesting == 1 ? "pod that requests credentials" : "pods that request credentials";
        var lead = (requesting, missing) switch
        {
            (0, _) when report.Findings.Count == 0 => "No pod requests credentials, and there are no findings.",
            (0, _) => "No pod has a valid request for credentials.",
            (1, 0) => $"The only {pods} has them.",
            (_, 0) => $"All {HtmlWriter.Number(requesting)} {pods} have them.",
            _ => $"{HtmlWriter.Number(missing)} of {HtmlWriter.Number(requesting)} {pods} {(missing == 1 ? "does" : "do")} not have them.",
        };
        return lead + (orphans == 0 ? "" : $" {HtmlWriter.Number(orphans)} {(orphans == 1 ? "lease has" : "leases have")} no owner.");
    }

    /// <summary>Writes what prevents injections, and how many pods and workloads it affects.</summary>
    private static void WriteCauses(HtmlWriter html, PodInjectionReport report)
    {
        var causes = report.Causes.ToList();
        if (causes.Count == 0)
            return;
        using var list = html.Open("ul", ("class", "causes"));
        foreach (var cause in causes)
        {
            using var item = html.Open("li");
            var workloads = cause.Count(pods => pods.IsWorkload);
            var count = cause.Sum(pods => pods.Pods.Count) - workloads;
            html.Write("b", $"{Count(count, "pod")}{(count > 0 && workloads > 0 ? " and " : "")}{Count(workloads, "workload")}");
            html.Write(": ");
            if (report.Findings.FirstOrDefault(finding => finding.Code == cause.Key) is { } finding)
                FindingSection.WriteLink(html, finding.Code, finding.Severity, $"{FindingSection.Meaning(finding.Code)} ({finding.Code})");
            else
                html.Write("The cause could not be checked.");
        }

        static string Count(int count, string noun) => count == 0 ? "" : $"{HtmlWriter.Number(count)} {noun}{(count == 1 ? "" : "s")}";
    }

    private static void WriteSearch(HtmlWriter html)
    {
        // The form is hidden until the script shows it, because it requires the script.
        using var form = html.Open("form", ("id", "search"), ("role", "search"), ("hidden", "hidden"));
        html.Write("label", "Search", ("for", "q"));
        html.WriteEmpty("input", ("id", "q"), ("type", "search"), ("autocomplete", "off"), ("spellcheck", "false"), ("placeholder", "a pod, a role, a code, …"));
        using (html.Open("label"))
        {
            html.Write("State ");
            using (html.Open("select", ("id", "state")))
                html.Write("option", "All", ("value", ""));
        }

        html.Write("output", "", ("id", "hits"), ("for", "q state"), ("aria-live", "polite"));
    }

    private static void WriteFooter(HtmlWriter html, PodInjectionReport report)
    {
        using var footer = html.Open("footer");
        html.Write("p", "The labels and annotations of all pods were read. For each pod template, only the newest pod was checked in the cluster, and the result applies to its other pods, whose findings count once. "
            + "Pods that request credentials only in values of variables (vault:…) are not included.");
        html.Write("p", $"Created by KubeInject {report.Version}. This page sends no requests and contains no passwords.");
    }

    // Browsers normalize line endings before they compute the hash.
    private static string ReadResource(string name) => EmbeddedText.Read(name).ReplaceLineEndings("\n");

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
