using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Injector;
using KubeInject.Injector.Reports;
using KubeInject.Kubernetes.Objects;
using KubeInject.Reports;

namespace KubeInject.Tests.Injector.Reports;

/// <summary>The output of the program for hostile names and messages.</summary>
public sealed class HostileTextTests
{
    private const string Hostile = "a\n::error file=x::planted\r\e[2J\a\u009B31m\u202Eb\u2028c\u200Bd##[error]e\U000E0041";

    private static readonly ReportedFinding Finding = new()
    {
        Code = FindingCode.MissingRole,
        Severity = FindingSeverity.Error,
        Object = Hostile,
        Namespace = Hostile,
        Key = Hostile,
        Message = Hostile,
        Suggestion = Hostile,
        File = $"/repo/{Hostile}",
        Line = 1,
        Column = 1,
        HelpUri = "https://example.org",
        Fix = Hostile,
        Server = Hostile,
    };

    public static TheoryData<string> Formats => [.. ReportFormats.Names, "terminal"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void No_report_format_prints_control_characters_or_workflow_commands(string name)
    {
        IReportFormat format = name switch
        {
            "sarif" => new SarifReport(FindingDocumentation.Load(), "/repo"),
            "github" => new GitHubReport("/repo"),
            "terminal" => new TerminalReport(80),
            _ => ReportFormats.Of(name),
        };

        foreach (var finding in new[] { Finding, Finding with { File = null }, Finding with { File = null, Line = null }, Finding with { File = Hostile }, Finding with { File = "::error::x" } })
        {
            var lines = ReportTests.Written(format, [finding]).Split('\n');

            AssertEscaped(lines, ownCommands: name == "github" ? 1 : 0);
            if (name is "json" or "sarif")
                Assert.Contains(Values(JsonDocument.Parse(string.Join('\n', lines)).RootElement), value => value.Contains(Hostile, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("names")]
    public void No_list_format_prints_control_characters_or_workflow_commands(string name)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        using var format = ListFormat.Create(name, writer);
        var pod = new PodTemplate
        {
            Object = new ObjectReference("Pod", Hostile, Hostile),
            Annotations = new Dictionary<string, string> { [$"db-creds-injector.numberly.io/{Hostile}.role"] = Hostile, [$"db-creds-injector.numberly.io/{Hostile}"] = Hostile },
        };

        format.Write(PodInjections.ReadAll(pod, InjectionOptions.Default));
        format.End();

        AssertEscaped(writer.ToString().Split('\n'), ownCommands: 0);
    }

    [Fact]
    public async Task The_console_escapes_every_line()
    {
        using var inner = new StringWriter { NewLine = "\n" };
        await using var writer = new DisplayWriter(inner);

        Print(writer);
        await writer.WriteLineAsync(Hostile);

        AssertEscaped(inner.ToString().Split('\n'), ownCommands: 0);
        Assert.Equal(5, inner.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public void Written_text_keeps_its_lines()
    {
        using var inner = new StringWriter { NewLine = "\n" };
        using var writer = new DisplayWriter(inner);

        writer.Write("Usage:\n  kubeinject …\n");
        writer.Write('x');
        writer.Write("y".ToCharArray());
        writer.Write("z".AsSpan());
        writer.WriteLine();
        writer.Write("\e");

        Assert.Equal("Usage:\n  kubeinject …\nxyz\n\\u001b", inner.ToString());
    }

    private static void Print(DisplayWriter writer)
    {
        writer.WriteLine(Hostile);
        writer.WriteLine($"{Hostile} {Hostile}");
        writer.WriteLine((object)Hostile);
        writer.WriteLine("{0}", Hostile);
    }

    private static void AssertEscaped(string[] lines, int ownCommands)
    {
        Assert.All(lines, line => Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|##\[|\uDB40", line));
        Assert.Equal(ownCommands, lines.Count(line => line.TrimStart().StartsWith("::", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Values(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Values(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Values),
        JsonValueKind.String => [element.GetString()!],
        _ => [],
    };
}
