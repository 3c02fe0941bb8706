namespace KubeInject.Injector.Reports;

/// <summary>A way to write findings.</summary>
internal interface IReportFormat
{
    /// <summary>Writes all of them, in the order given.</summary>
    void Write(IReadOnlyList<ReportedFinding> findings, TextWriter output);
}
