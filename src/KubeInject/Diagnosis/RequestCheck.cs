using KubeInject.Annotations;

namespace KubeInject.Diagnosis;

/// <summary>Looks at what the pod's own document says. Asks nobody.</summary>
internal static class RequestCheck
{
    public static DiagnosisLink Check(DiagnosisSubject subject)
    {
        var findings = subject.Injections.SelectMany(injection => injection.Findings).ToArray();
        var asks = subject.Injections.Any(injection => injection.Databases.Count > 0);
        return new DiagnosisLink
        {
            Step = LinkStep.Request,
            State = findings.Any(finding => finding.Severity == FindingSeverity.Error) || (findings.Length > 0 && !asks) ? LinkState.Broken
                : findings.Any(finding => finding.Severity == FindingSeverity.Warning) ? LinkState.Weak
                : LinkState.Holds,
            Text = asks ? string.Join("; ", subject.Injections.SelectMany(injection => injection.Databases)) : "It asks for no credentials.",
            Findings = findings,
        };
    }
}
