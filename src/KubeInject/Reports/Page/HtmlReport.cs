using System.Text;
using KubeInject.Files;

namespace KubeInject.Reports.Page;

/// <summary>Renders a report as a self-contained HTML page, which requires no server, no other files, and no scripts.</summary>
internal static class HtmlReport
{
    /// <summary>Renders a report. The same report always results in the same page.</summary>
    /// <param name="report">The report.</param>
    /// <returns>HTML 5.</returns>
    public static string Render(PodInjectionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ReportPage.Render(report);
    }

    /// <summary>Writes the page to a file atomically. Only the owner can read a new file.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The file. An existing file is replaced.</param>
    /// <param name="cancellationToken">Cancels the operation. An existing file is then unchanged.</param>
    /// <returns>A task that completes when the file is written.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public static Task WriteAsync(PodInjectionReport report, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        return AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(Render(report)), cancellationToken);
    }
}
