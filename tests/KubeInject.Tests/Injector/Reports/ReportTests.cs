using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Injector.Reports;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Injector.Reports;

/// <summary>Findings in the formats for users, programs and GitHub Actions.</summary>
public sealed class ReportTests
{
    internal static readonly Finding Missing = new()
    {
        Code = FindingCode.MissingRole,
        Severity = FindingSeverity.Error,
        Object = new ObjectReference("Deployment", "shop", "orders"),
        Key = "db-creds-injector.numberly.io/pg.role",
        Message = "Database 'pg' has no role.",
        Suggestion = "Add it.",
        Location = new SourceLocation("/repo/deploy/orders.yaml", 12, 5),
        Fix = new Fix("Rename the key.", [new RenameMetadata(MetadataField.Annotation, "a", "b")]),
    };

    internal static readonly Finding Live = Missing with { Code = FindingCode.MissingLabel, Severity = FindingSeverity.Warning, Location = null, Fix = null, Key = null };

    internal static readonly ReportedFinding Unreadable = ReportedFinding.OfUnreadable("This is not YAML: it is truncated.", new SourceLocation(null, 3, 1));

    internal static readonly ReportedFinding[] All = [ReportedFinding.Of(Missing), ReportedFinding.Of(Live), Unreadable];

    [Fact]
    public void A_text_line_has_the_format_of_a_compiler() => Assert.Equal(
        [
            "/repo/deploy/orders.yaml:12:5: error KI003: shop/deployment/orders: Database 'pg' has no role. Add it.",
            "shop/deployment/orders: warning KI013: Database 'pg' has no role. Add it.",
            "<input>:3:1: error KI000: This is not YAML: it is truncated.",
        ],
        Lines(new TextReport()));

    [Fact]
    public void In_a_terminal_findings_are_grouped_by_object_and_wrapped_at_words()
    {
        var @long = Missing with { Message = "Database 'pg' has no role to issue credentials from.", Suggestion = "Add 'db-creds-injector.numberly.io/pg.role'.", Location = new SourceLocation("orders.yaml", 12, 5) };
        ReportedFinding[] findings = [ReportedFinding.Of(@long), ReportedFinding.Of(Live), ReportedFinding.Of(Live with { Object = new ObjectReference("Pod", "shop", "a") }), Unreadable];

        Assert.Equal(
            """
            shop/deployment/orders
            orders.yaml:12:5: error KI003
                Database 'pg' has no role to issue
                credentials from.
                Add
                'db-creds-injector.numberly.io/pg.role'.
            warning KI013
                Database 'pg' has no role.
                Add it.

            shop/pod/a
            warning KI013
                Database 'pg' has no role.
                Add it.

            <input>:3:1: error KI000
                This is not YAML: it is truncated.
            """,
            Written(new TerminalReport(40), findings).TrimEnd(),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void JSON_has_the_property_names_of_the_cmdlet_output()
    {
        var findings = JsonDocument.Parse(Written(new JsonReport(), All)).RootElement;

        Assert.Equal(3, findings.GetArrayLength());
        var names = findings[0].EnumerateObject().Select(property => property.Name).ToList();
        Assert.Equal(["code", "severity", "object", "namespace", "key", "message", "suggestion", "file", "line", "column", "helpUri", "fix", "server"], names);
        var ofCmdlet = typeof(Finding).GetProperties().Where(property => property.Name != nameof(Finding.Location)).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
        Assert.Equal(ofCmdlet.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        Assert.Equal("""["KI003","Error","shop/deployment/orders","shop","db-creds-injector.numberly.io/pg.role","Database 'pg' has no role.","Add it.","/repo/deploy/orders.yaml",12,5,"https://github.com/kubeinject/kubeinject/blob/main/docs/findings.md#ki003","Rename the key.",null]""",
            $"[{string.Join(',', findings[0].EnumerateObject().Select(property => property.Value.GetRawText()))}]");
        Assert.Equal(JsonValueKind.Null, findings[1].GetProperty("line").ValueKind);
    }

    [Fact]
    public void Without_findings_the_output_is_an_empty_array_or_no_line()
    {
        Assert.Equal("[]", Written(new JsonReport(), []).TrimEnd());
        Assert.Empty(Written(new TextReport(), []));
        Assert.Empty(Written(new GitHubReport("/repo"), []));
    }

    [Fact]
    public void A_workflow_command_names_the_file_relative_to_the_repository() => Assert.Equal(
        [
            "::error file=deploy/orders.yaml,line=12,col=5,title=KI003::shop/deployment/orders: Database 'pg' has no role. Add it.",
            "::warning title=KI013::shop/deployment/orders: Database 'pg' has no role. Add it.",
            "::error title=KI000::<input>:3:1: This is not YAML: it is truncated.",
        ],
        Lines(new GitHubReport("/repo")));

    [Fact]
    public void Characters_that_end_a_workflow_command_or_its_property_are_escaped()
    {
        var finding = ReportedFinding.Of(Missing with { Severity = FindingSeverity.Information, Message = "100%\r\n::set-env name=A::b", Suggestion = null, Location = new SourceLocation("/repo/a,b:50%.yaml", 1, 2) });

        var line = Assert.Single(Written(new GitHubReport("/repo"), [finding]).TrimEnd().Split('\n'));

        Assert.Equal("::notice file=a%2Cb%3A50%25.yaml,line=1,col=2,title=KI003::shop/deployment/orders: 100%25%0D%0A::set-env name=A::b", line);
    }

    internal static string Written(IReportFormat format, IReadOnlyList<ReportedFinding> findings)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        format.Write(findings, writer);
        return writer.ToString();
    }

    private static string[] Lines(IReportFormat format) => Written(format, All).TrimEnd().Split('\n');
}
