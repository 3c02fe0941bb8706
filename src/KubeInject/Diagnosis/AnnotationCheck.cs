using KubeInject.Annotations;

namespace KubeInject.Diagnosis;

/// <summary>Looks at what the pod's own document says. Asks nobody.</summary>
internal static class AnnotationCheck
{
    public static DiagnosisStep Check(DiagnosisSubject subject)
    {
        var findings = subject.Injections.SelectMany(injection => injection.Findings).ToArray();
        var asks = subject.Injections.Any(injection => injection.Databases.Count > 0);
        return new DiagnosisStep
        {
            Step = DiagnosisStepKind.Request,
            State = findings.Any(finding => finding.Severity == FindingSeverity.Error) || (findings.Length > 0 && !asks) ? DiagnosisStatus.Failed
                : findings.Any(finding => finding.Severity == FindingSeverity.Warning) ? DiagnosisStatus.Warning
                : DiagnosisStatus.Passed,
            Text = asks ? string.Join("; ", subject.Injections.SelectMany(injection => injection.Databases)) : "It asks for no credentials.",
            Findings = findings,
        };
    }
}
