namespace KubeInject.Injector.Reports;

/// <summary>A format of findings.</summary>
internal interface IReportFormat
{
    /// <summary>Writes the findings in the specified order.</summary>
    void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output);
}
