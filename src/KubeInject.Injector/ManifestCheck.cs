using System.Globalization;
using KubeInject.Annotations;
using KubeInject.Diagnosis;
using KubeInject.Injector.Reports;
using KubeInject.Manifests;

namespace KubeInject.Injector;

/// <summary>
/// Checks manifests, several at the same time if no server is asked, and collects the findings in the order of the manifests. A manifest
/// or document that cannot be read is reported as a finding and does not stop the check.
/// </summary>
/// <param name="filter">What to leave out.</param>
internal sealed class ManifestCheck(CheckFilter filter)
{
    private readonly List<ReportedFinding> findings = [];
    private readonly FindingSelection selection = new();
    private readonly Queue<Task<Outcome>> running = new();
    private int manifests;
    private int pods;
    private int ignored;

    /// <summary>The findings, in the order of the manifests and of their lines. Those about the cluster are last.</summary>
    public IReadOnlyList<ReportedFinding> Findings => findings;

    /// <summary>The numbers of checked pods and of findings, in one line.</summary>
    public string Summary => $"Checked {Count(pods, "pod or pod template", "pods and pod templates")} in {Count(manifests, "manifest", "manifests")}: "
        + $"{Count(Of(FindingSeverity.Error), "error", "errors")}, {Count(Of(FindingSeverity.Warning), "warning", "warnings")}, {Count(Of(FindingSeverity.Information), "note", "notes")}{(ignored == 0 ? "" : $", {ignored} ignored")}.";

    /// <summary>Starts the check of a manifest. Returns when a limited number of manifests is being checked.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="diagnostician">Diagnoses its pods and pod templates.</param>
    /// <param name="ofRepository">What the settings file of its repository leaves out; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    public async Task AddAsync(ManifestSource manifest, PodDiagnostician diagnostician, CheckFilter? ofRepository, CancellationToken cancellationToken)
    {
        if (filter.Excludes(manifest) || ofRepository?.Excludes(manifest) == true)
            return;
        manifests++;
        running.Enqueue(Task.Run(() => CheckAsync(manifest, diagnostician, ofRepository, cancellationToken), cancellationToken));
        while (running.Count > (diagnostician.IsThreadSafe ? 2 * Environment.ProcessorCount : 0))
            await AddFirstAsync().ConfigureAwait(false);
    }

    /// <summary>Waits for the manifests that are being checked, and then adds the findings about the cluster. Call it after the last manifest.</summary>
    public async Task CompleteAsync()
    {
        while (running.Count > 0)
            await AddFirstAsync().ConfigureAwait(false);
        findings.AddRange(selection.SelectOfCluster().Select(ReportedFinding.Of));
    }

    /// <summary>Whether the check fails.</summary>
    /// <param name="strict">Whether warnings make the check fail. Errors always do.</param>
    public bool Fails(bool strict) => findings.Exists(finding => finding.Severity >= (strict ? FindingSeverity.Warning : FindingSeverity.Error));

    private static async Task<Outcome> CheckAsync(ManifestSource manifest, PodDiagnostician diagnostician, CheckFilter? ofRepository, CancellationToken cancellationToken)
    {
        var unreadable = new List<ReportedFinding>();
        IReadOnlyList<PodDiagnosis> diagnoses = [];
        try
        {
            diagnoses = await diagnostician.DiagnoseAsync(manifest, Report, cancellationToken).ConfigureAwait(false);
        }
        catch (ManifestException exception)
        {
            unreadable.Add(ReportedFinding.OfUnreadable(exception.Problem, exception.Location));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            unreadable.Add(ReportedFinding.OfUnreadable($"The manifest cannot be read: {exception.Message.ReplaceLineEndings(" ")}", new SourceLocation(manifest.File, 1, 1)));
        }

        return new Outcome(unreadable, diagnoses, ofRepository);

        void Report(ManifestDocument document)
        {
            if (document.Error is { } error)
                unreadable.Add(ReportedFinding.OfUnreadable(error.Problem, error.Location));
            else if (!document.IsReadable)
                unreadable.Add(ReportedFinding.OfUnreadable(document.Problem!.Problem, document.Problem.Location, FindingSeverity.Information));
        }
    }

    private async Task AddFirstAsync()
    {
        var outcome = await running.Dequeue().ConfigureAwait(false);
        findings.AddRange(outcome.Unreadable);
        foreach (var diagnosis in outcome.Diagnoses)
        {
            pods++;
            var reported = diagnosis.ReportedFindings.Where(finding => !filter.Excludes(finding.Code) && outcome.OfRepository?.Excludes(finding.Code) != true).ToList();
            ignored += diagnosis.Findings.Count - reported.Count;
            findings.AddRange(selection.Select(diagnosis, reported).Select(ReportedFinding.Of));
        }
    }

    private int Of(FindingSeverity severity) => findings.Count(finding => finding.Severity == severity);

    private static string Count(int count, string one, string several) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : several)}");

    /// <param name="Unreadable">The findings about what cannot be read.</param>
    /// <param name="Diagnoses">The diagnoses of the pods and pod templates.</param>
    /// <param name="OfRepository">What the settings file of the repository leaves out; null if there is none.</param>
    private sealed record Outcome(IReadOnlyList<ReportedFinding> Unreadable, IReadOnlyList<PodDiagnosis> Diagnoses, CheckFilter? OfRepository);
}
