using System.Text;
using KubeInject.Files;

namespace KubeInject.Reports.Page;

/// <summary>A report as one HTML page that needs nothing else: no server, no other file, no script even.</summary>
public static class HtmlReport
{
    /// <summary>The page. The same report gives the same page.</summary>
    /// <param name="report">The report.</param>
    /// <returns>HTML 5.</returns>
    public static string Render(PodInjectionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ReportPage.Render(report);
    }

    /// <summary>Writes the page into a file, which is there as a whole or not at all. A new one is its owner's alone.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="cancellationToken">Stops; what was there is unchanged then.</param>
    /// <returns>A task that ends when it is written.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static Task WriteAsync(PodInjectionReport report, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        return AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(Render(report)), cancellationToken);
    }
}
