using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FsCheck.Fluent;
using KubeInject.Annotations;
using KubeInject.Leases;
using KubeInject.Reports;
using KubeInject.Reports.Page;
using KubeInject.Testing;

namespace KubeInject.Tests.Reports;

/// <summary>The page contains the report, and no text of a cluster becomes markup.</summary>
public sealed partial class HtmlReportTests
{
    private static readonly string[] Hostile =
    [
        "<script>alert(1)</script>", "</script><script>alert(1)", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</title></style><style>*{}", "<!--", "-->", "]]>", "&lt;b&gt;&amp;&#60;",
        "\0\u0001\u001b[31m\u0085", "\ud800 alone \udfff", "\ufffe\uffff", "\u202egnp.exe", "javascript:alert(1)", "`${alert(1)}`", "", " ", "日本 😀",
    ];

    public static TheoryData<string> HostileTexts => [.. Hostile];

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void Text_of_a_cluster_never_becomes_markup(string text) => HasTheElementsOf(text);

    [Fact]
    public void No_text_becomes_markup() =>
        Prop.ForAll(
            Gen.OneOf(ArbMap.Default.GeneratorFor<string>().Where(text => text is not null), Gen.ArrayOf(Gen.Elements(Hostile)).Select(string.Concat)).ToArbitrary(),
            HasTheElementsOf).CheckSeeded();

    [Fact]
    public void Control_characters_and_direction_marks_are_escaped()
    {
        var text = HtmlReport.Render(Reports.With("a\e[2J\u202E\u0085\u2028\u200Bb"));

        Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}-[\n\t]]|&#(x0*(1B|202E|85|2028|200B)|27|8238|133|8232|8203);", text);
        Assert.Contains(@"a\u001b[2J\u202e\u0085\u2028\u200bb", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_report_produces_the_same_page() =>
        Assert.Equal(HtmlReport.Render(Reports.With("orders")), HtmlReport.Render(Reports.With("orders")));

    [Fact]
    public void The_page_loads_nothing_and_allows_only_its_own_styles_and_scripts()
    {
        var text = HtmlReport.Render(Reports.With("orders"));
        var page = Reports.Parse(text);

        var policy = page.Descendants("meta").Single(meta => (string?)meta.Attribute("http-equiv") == "Content-Security-Policy").Attribute("content")!.Value;
        Assert.Equal($"default-src 'none'; style-src '{Hash("style")}'; script-src '{Hash("script")}'; base-uri 'none'; form-action 'none'", policy);
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "link" or "img" or "iframe" or "object" or "embed" or "base" or "image" or "use");
        Assert.All(page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "src" or "style" or "srcset" or "action" or "data"), attribute => Assert.Fail($"{attribute}"));
        Assert.All(page.Descendants().Attributes("href"), link => Assert.Matches("^(#|https://github[.]com/kubeinject/)", link.Value));
        Assert.DoesNotContain("url(", text.Split("<style>")[1].Split("</style>")[0], StringComparison.Ordinal);

        string Hash(string element) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text.Split($"<{element}>")[1].Split($"</{element}>")[0])))}";
    }

    [Fact]
    public void Every_internal_link_has_a_target_and_ids_are_unique()
    {
        var page = Reports.Parse(HtmlReport.Render(Reports.With("orders")));

        var ids = page.Descendants().Attributes("id").Select(id => id.Value).ToList();
        Assert.Equal(ids, ids.Distinct());
        Assert.All(page.Descendants("a").Attributes("href").Where(link => link.Value.StartsWith('#')), link => Assert.Contains(link.Value[1..], ids));
        Assert.All(page.Descendants().Attributes("aria-labelledby").SelectMany(names => names.Value.Split(' ')), name => Assert.Contains(name, ids));
    }

    [Fact]
    public void Tables_have_a_caption_and_headings_with_a_scope()
    {
        var page = Reports.Parse(HtmlReport.Render(Reports.With("orders")));

        Assert.Equal("en", page.Root!.Attribute("lang")!.Value);
        Assert.Equal(5, page.Descendants("table").Count());
        Assert.All(page.Descendants("table"), table => Assert.NotEmpty(table.Element("caption")!.Value));
        Assert.All(page.Descendants("th"), heading => Assert.Matches("^(row|col)$", heading.Attribute("scope")?.Value));
        Assert.All(page.Descendants("tr"), row => Assert.Single(row.Elements("th").Take(1)));
        Assert.Equal(["h1", "h2", "h3", "h2", "h2", "h3", "h2", "h2"], page.Descendants().Select(element => element.Name.LocalName).Where(name => name is "h1" or "h2" or "h3"));
    }

    [Fact]
    public void A_finding_has_its_objects_its_remedy_and_its_documentation()
    {
        var article = Reports.Parse(HtmlReport.Render(Reports.With("orders", objects: 8))).Descendants("article").Single();

        Assert.Equal("Error KI003 8 times", article.Element("h3")!.Value);
        Assert.Contains("A database has no role to issue credentials from.", article.Texts("p"));
        Assert.Contains("Cause: There is neither <db>.role nor role, or the value is blank. Often the key is misspelled (KI001, KI002).", article.Texts("p"));
        Assert.Contains(article.Texts("p"), text => text.StartsWith("Remedy: Add <db>.role", StringComparison.Ordinal));
        Assert.Equal(["Example", "3 more"], article.Texts("summary"));
        Assert.Equal(8, article.Descendants("li").Count());
    }

    [Fact]
    public void The_page_has_the_documentation_of_every_code()
    {
        foreach (var code in typeof(FindingCode).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!))
        {
            var report = Reports.With("orders");
            var article = Reports.Parse(HtmlReport.Render(report with { Findings = [report.Findings[0] with { Code = code }] })).Descendants("article").Single();

            Assert.Contains(article.Texts("b"), text => text == "Cause:");
            Assert.Contains(article.Texts("b"), text => text == "Remedy:");
            Assert.DoesNotContain(article.Descendants("p").Concat(article.Descendants("li")), text => text.Value.Contains("```", StringComparison.Ordinal) || text.Value.Contains("**", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Information_warnings_and_errors_of_one_code_are_listed_separately()
    {
        var report = Reports.With("orders");
        report = report with { Findings = [report.Findings[0], report.Findings[0] with { Severity = FindingSeverity.Warning }] };

        Assert.Equal(["Error KI003 2 times", "Warning KI003 2 times"], Reports.Parse(HtmlReport.Render(report)).Descendants("article").Elements("h3").Select(heading => heading.Value));
    }

    [Fact]
    public void Leases_are_counted_by_remaining_time()
    {
        var report = Reports.With("orders") with
        {
            Leases =
            [
                Reports.Lease(LeaseState.Expired, TimeSpan.Zero, 1),
                Reports.Lease(LeaseState.Expiring, TimeSpan.FromMinutes(15), 2),
                Reports.Lease(LeaseState.Active, TimeSpan.FromMinutes(15.1), 3),
                Reports.Lease(LeaseState.Orphaned, TimeSpan.FromDays(8), 4),
                Reports.Lease(LeaseState.Incomplete, null, 5),
            ],
        };

        var figure = Reports.Parse(HtmlReport.Render(report)).Descendants("figure").Single();

        Assert.Equal(
            ["expired 0 0 1 0 0", "under 15 min 0 1 0 0 0", "15 min – 1 h 1 0 0 0 0", "1 – 6 h 0 0 0 0 0", "6 – 24 h 0 0 0 0 0", "1 – 7 days 0 0 0 0 0", "over 7 days 0 0 0 1 0", "no end known 0 0 0 0 1"],
            figure.Descendants("tbody").Single().Elements("tr").Select(row => string.Join(' ', row.Elements().Select(cell => cell.Value))));
        Assert.Equal(5, figure.Elements("svg").Single().Elements("rect").Count());
        Assert.Contains("under 15 min: 1", figure.Descendants("desc").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void If_space_is_limited_the_most_important_entries_are_shown_and_the_rest_counted()
    {
        var report = Reports.With("orders");
        var sound = report.Pods[0] with { State = InjectionState.Injected, Findings = [] };
        report = report with { Pods = [.. Enumerable.Range(0, 2500).Select(number => sound with { Name = $"sound-{number}" }), report.Pods[0] with { Name = "broken" }] };

        var page = Reports.Parse(HtmlReport.Render(report));

        var rows = page.Descendants("table").First().Element("tbody")!.Elements("tr").ToList();
        Assert.Equal(2000, rows.Count);
        Assert.StartsWith("orders/broken", rows[^1].Element("th")!.Value, StringComparison.Ordinal);
        Assert.Contains(page.Texts("p"), text => text.StartsWith("501 more", StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_of_ten_thousand_different_pods_is_small_enough_for_a_browser()
    {
        var report = Reports.With("orders");
        report = report with
        {
            Pods = [.. Enumerable.Range(0, 10_000).Select(number => report.Pods[0] with { Name = $"orders-{number}" })],
            Findings = [.. Enumerable.Range(0, 10_000).Select(number => report.Findings[0] with { Message = $"Database 'orders-{number}' has no role to issue credentials from.", Objects = [$"shop/orders-{number}"] })],
            Leases = [.. Enumerable.Range(0, 10_000).Select(number => Reports.Lease(LeaseState.Active, TimeSpan.FromMinutes(number), number))],
        };

        var page = HtmlReport.Render(report);

        Assert.InRange(page.Length, 1_000_000, 6_000_000);
        Assert.Contains("Error KI003 10\u202F000 times", Reports.Parse(page).Texts("h3"));
    }

    [Fact]
    public void The_headline_contains_the_pods_without_credentials_by_cause()
    {
        var report = Reports.With("orders");
        var pods = report.Pods[0];
        report = report with
        {
            Namespaces = [new NamespaceSummary("shop", 1203, 1202, 1, 1201, 2, 1, 0)],
            Pods =
            [
                pods with { Pods = ["a"], Cause = FindingCode.MissingRole },
                pods with { Pods = [.. Enumerable.Range(0, 1199).Select(number => $"b-{number}")], Cause = FindingCode.NoInjector },
                pods with { Pods = ["c"], Cause = null },
                pods with { Pods = ["d"], State = InjectionState.Injected, Cause = null },
                pods with { Pods = ["e"], State = InjectionState.None, Cause = FindingCode.LabelWithoutAnnotations, Findings = [(FindingCode.LabelWithoutAnnotations, FindingSeverity.Warning)] },
                pods with { Pods = ["deployment/f"], State = InjectionState.None, IsWorkload = true, Cause = FindingCode.MissingRole },
            ],
            Findings = [report.Findings[0], report.Findings[0] with { Code = FindingCode.NoInjector, Severity = FindingSeverity.Warning }],
        };

        var page = Reports.Parse(HtmlReport.Render(report));

        Assert.Contains("1\u202F201 of 1\u202F202 pods that request credentials do not have them.", page.Texts("p"));
        Assert.Equal(
            [
                "1\u202F199 pods: No component in the cluster acts on the annotations automatically. (KI101)",
                "1 pod and 1 workload: A database has no role to issue credentials from. (KI003)",
                "1 pod: The cause could not be checked.",
            ],
            page.Descendants("ul").Single(list => (string?)list.Attribute("class") == "causes").Texts("li"));
    }

    [Theory]
    [InlineData(1, 1, "The only pod that requests credentials has them.")]
    [InlineData(5, 5, "All 5 pods that request credentials have them.")]
    [InlineData(5, 4, "1 of 5 pods that request credentials does not have them.")]
    public void The_headline_counts_pods_with_credentials(int requesting, int injected, string headline) => Assert.Contains(
        headline,
        Reports.Parse(HtmlReport.Render(Reports.With("orders") with { Namespaces = [new NamespaceSummary("shop", 9, requesting, injected, requesting - injected, 0, 0, 0)] })).Texts("p"));

    [Fact]
    public void The_title_names_the_cluster_and_the_server()
    {
        var page = Reports.Parse(HtmlReport.Render(Reports.With("orders")));

        Assert.Equal("Database credentials of orders (https://orders), 2026-11-22 09:30 UTC", page.Texts("title").First());
        Assert.Equal("orders https://orders", page.Texts("h1").Single());
    }

    [Fact]
    public void Pods_are_the_first_section() =>
        Assert.Equal(["Summary", "Pods", "Findings", "Leases", "Namespaces"], Reports.Parse(HtmlReport.Render(Reports.With("orders"))).Texts("h2"));

    [Fact]
    public void If_no_pod_requests_anything_the_page_says_so()
    {
        var page = Reports.Parse(HtmlReport.Render(new PodInjectionReport
        {
            Server = "https://10.0.0.1/",
            Version = "1",
            CreatedAt = Reports.Now,
            Scope = "all namespaces",
            LeaseSource = "Leases of the source vault.",
            Namespaces = [new NamespaceSummary("shop", 1, 0, 0, 0, 0, 0, 0)],
        }));

        Assert.Equal("https://10.0.0.1/", page.Texts("h1").Single());
        Assert.Contains("No pod requests credentials, and there are no findings.", page.Texts("p"));
        Assert.Contains("In 1 other namespace with 1 pod, no pod requests credentials.", page.Texts("p"));
        Assert.Empty(page.Descendants("table"));
    }

    /// <summary>In light and dark mode, text has a contrast of at least 4.5, and graphics have one of at least 3.</summary>
    /// <remarks>https://www.w3.org/TR/WCAG21/#contrast-minimum</remarks>
    [Fact]
    public void All_text_is_readable_in_light_and_dark_mode()
    {
        var style = HtmlReport.Render(Reports.With("orders")).Split("<style>")[1].Split("</style>")[0];
        var looks = Look().Matches(style).Select(look => Variable().Matches(look.Value).ToDictionary(variable => variable.Groups[1].Value, variable => variable.Groups[2].Value)).ToList();

        Assert.Equal(2, looks.Count);
        foreach (var look in looks)
        {
            foreach (var text in new[] { "text", "muted", "accent", "error", "warning", "good", "note" })
                Assert.All(["page", "surface"], back => Assert.True(Contrast(look[text], look[back]) >= 4.5, $"{text} on {back}: {Contrast(look[text], look[back])}"));
            Assert.All(["error", "warning", "good", "note"], kind => Assert.True(Contrast(look[kind], look[$"{kind}-background"]) >= 4.5, kind));
            Assert.True(Contrast(look["text"], look["note-background"]) >= 4.5);
            Assert.All(["active", "expiring", "expired", "orphaned", "incomplete"], state => Assert.True(Contrast(look[state], look["surface"]) >= 3, $"{state}: {Contrast(look[state], look["surface"])}"));
        }
    }

    private static void HasTheElementsOf(string text)
    {
        var expected = Shape(Reports.Parse(HtmlReport.Render(Reports.With("orders"))));

        Assert.Equal(expected, Shape(Reports.Parse(HtmlReport.Render(Reports.With(text)))));

        static IEnumerable<string> Shape(XDocument page) =>
            page.Descendants().Select(element => $"{element.Name} {string.Join(' ', element.Attributes().Select(attribute => attribute.Name))}");
    }

    private static double Contrast(string one, string other)
    {
        var (light, dark) = (Math.Max(Luminance(one), Luminance(other)), Math.Min(Luminance(one), Luminance(other)));
        return (light + 0.05) / (dark + 0.05);

        static double Luminance(string color) =>
            (0.2126 * Linear(color[1..3])) + (0.7152 * Linear(color[3..5])) + (0.0722 * Linear(color[5..7]));

        static double Linear(string channel)
        {
            var value = Convert.ToInt32(channel, 16) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
    }

    [GeneratedRegex(":root \\{.*?\\}", RegexOptions.Singleline)]
    private static partial Regex Look();

    [GeneratedRegex("--([a-z-]+): (#[0-9a-f]{6});")]
    private static partial Regex Variable();
}
