using KubeInject.Annotations;

namespace KubeInject.Diagnosis;

/// <summary>Checks the annotations of a pod. Sends no requests.</summary>
internal static class AnnotationCheck
{
    public static DiagnosisStep Check(DiagnosisSubject subject)
    {
        var findings = subject.Injections.SelectMany(injection => injection.Findings).ToArray();
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
