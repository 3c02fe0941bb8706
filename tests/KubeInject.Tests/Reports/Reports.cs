using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using KubeInject.Annotations;
using KubeInject.Leases;
using KubeInject.Reports;

namespace KubeInject.Tests.Reports;

/// <summary>Reports to render, and a parser of the pages.</summary>
internal static partial class Reports
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 9, 30, 0, TimeSpan.Zero);

    /// <summary>A report with an entry of each kind, and a text of the cluster in every possible place.</summary>
    public static PodInjectionReport With(string text, int objects = 2) => new()
    {
        Server = $"https://{text}",
        Context = text,
        User = text,
        ServerVersion = text,
        Version = "1.2.3",
        CreatedAt = Now,
        Scope = text,
        Namespaces = [new NamespaceSummary(text, 3, 2, 1, 1, 1, 0, 0), new NamespaceSummary("silent", 1, 0, 0, 0, 0, 0, 0)],
        Pods =
        [
            new PodGroup
            {
                Namespace = text,
                Name = text,
                Pods = [text, text],
                State = InjectionState.Pending,
                Verdict = text,
                Databases = [new ReportedDatabase(text, text, text, [text, text], InjectionDialect.VaultAgent)],
                Findings = [(FindingCode.MissingRole, FindingSeverity.Error)],
            },
        ],
        Findings =
        [
            new FindingGroup
            {
                Code = FindingCode.MissingRole,
                Severity = FindingSeverity.Error,
                Message = text,
                Suggestion = text,
                Objects = [.. Enumerable.Repeat(text, objects)],
            },
        ],
        Leases = [Lease(LeaseState.Active, TimeSpan.FromMinutes(30)) with { Owner = text, Database = text, Role = text, Source = text }],
        LeaseSource = text,
        Gaps = [text],
    };

    public static ReportedLease Lease(LeaseState state, TimeSpan? left, int number = 1) => new(
        new Guid(number, 0, 0, new byte[8]), state, "shop/pod/orders-1", "orders", "orders-rw", "vault", Now - TimeSpan.FromHours(1), left is null ? null : Now + left, true);

    /// <summary>The page as a document, without style and script.</summary>
    public static XDocument Parse(string page)
    {
        var text = OwnText().Replace(page, "$1$3");
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }

    /// <summary>The content of the elements with a name.</summary>
    public static IEnumerable<string> Texts(this XContainer page, string element) => page.Descendants(element).Select(found => found.Value);

    [GeneratedRegex("(<(style|script)>).*?(</\\2>)", RegexOptions.Singleline)]
    private static partial Regex OwnText();
}
