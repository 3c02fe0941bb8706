using KubeInject.Reports;

namespace KubeInject.Injector.Reports;

/// <summary>The formats of findings.</summary>
internal static class ReportFormats
{
    public const string Default = "text";

    public static IReadOnlyList<string> Names { get; } = [Default, "json", "sarif", "github"];

    /// <param name="name">One of the <see cref="Names"/>.</param>
    public static IReportFormat Of(string name) => name switch
    {
        "json" => new JsonReport(),
        "sarif" => new SarifReport(FindingDocumentation.Load(), Environment.CurrentDirectory),
        "github" => new GitHubReport(Environment.CurrentDirectory),
        _ when !Console.IsOutputRedirected && Console.WindowWidth > 0 => new TerminalReport(Console.WindowWidth),
        _ => new TextReport(),
    };
}
