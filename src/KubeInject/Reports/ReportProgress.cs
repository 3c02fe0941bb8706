namespace KubeInject.Reports;

/// <summary>The progress of a report.</summary>
/// <param name="Step">The current operation: <c>Reading pods</c>.</param>
/// <param name="Done">The number of processed items.</param>
/// <param name="Total">The total number of items; 0 if it is not known.</param>
internal readonly record struct ReportProgress(string Step, int Done, int Total);
