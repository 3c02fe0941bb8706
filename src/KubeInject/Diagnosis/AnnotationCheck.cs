using KubeInject.Annotations;

namespace KubeInject.Diagnosis;

/// <summary>Checks the annotations of a pod. Sends no requests.</summary>
internal static class AnnotationCheck
{
    /// <summary>Checks the annotations.</summary>
    /// <param name="subject">The pod or pod template.</param>
    /// <param name="isSelectedByInjector">
    /// Whether the in-cluster injector selects the pod. The findings for which it refuses the pod are then errors.
    /// </param>
    public static DiagnosisStep Check(DiagnosisSubject subject, bool isSelectedByInjector)
    {
        var findings = subject.Injections.SelectMany(injection => injection.Findings)
            .Select(finding => isSelectedByInjector && finding.IsRefusedByInjector ? finding with { Severity = FindingSeverity.Error } : finding)
            .OrderByDescending(finding => isSelectedByInjector ? finding.Severity : default)
            .ToArray();
        var requestsCredentials = subject.Injections.Any(injection => injection.Databases.Count > 0);
        return new DiagnosisStep
        {
            Step = DiagnosisStepKind.Request,
            State = findings.Any(finding => finding.Severity == FindingSeverity.Error) || (findings.Length > 0 && !requestsCredentials) ? DiagnosisStatus.Failed
                : findings.Any(finding => finding.Severity == FindingSeverity.Warning) ? DiagnosisStatus.Warning
                : DiagnosisStatus.Passed,
            Text = requestsCredentials ? string.Join("; ", subject.Injections.SelectMany(injection => injection.Databases)) : "No credentials are requested.",
            Findings = findings,
        };
    }
}
