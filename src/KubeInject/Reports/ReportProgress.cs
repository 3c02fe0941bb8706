namespace KubeInject.Reports;

/// <summary>How far a report has come.</summary>
/// <param name="Step">What is being done: <c>Reading pods</c>.</param>
/// <param name="Done">How many are done.</param>
/// <param name="Total">Of how many; 0 where that is not known.</param>
public readonly record struct ReportProgress(string Step, int Done, int Total);
