using KubeInject.Annotations;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Injection;

namespace KubeInject.Diagnosis;

/// <summary>Checks the annotations of a pod. Sends no requests.</summary>
internal static class AnnotationCheck
{
    /// <summary>Checks the annotations.</summary>
    /// <param name="subject">The pod or pod template.</param>
    /// <param name="acting">
    /// The injectors that act on the pod. The findings for which one of them refuses the pod are errors. If only KubeInject acts,
    /// findings that apply only to another injector are left out, as in its webhook.
    /// </param>
    public static DiagnosisStep Check(DiagnosisSubject subject, IReadOnlyList<InjectorSignature> acting)
    {
        var isKubeInject = acting.Contains(InjectorSignature.KubeInject);
        var isOther = acting.Any(injector => injector.Dialect == InjectionDialect.VaultDbInjector && injector != InjectorSignature.KubeInject);
        var findings = subject.Injections.SelectMany(injection => injection.Findings)
            .Where(finding => subject.OnWorkload is null || finding.Code != FindingCode.LabelWithoutAnnotations)
            .Concat(subject.OnWorkload is { } onWorkload ? [onWorkload] : [])
            .Where(finding => isOther || !isKubeInject || finding is not { IsRefusedByInjector: true, Severity: not FindingSeverity.Error })
            .Select(finding => isOther && finding.IsRefusedByInjector ? finding with { Severity = FindingSeverity.Error } : finding)
            .Concat(isKubeInject ? subject.Injections.Where(injection => injection.State == InjectionState.Pending).Select(injection => InjectionPlan.For(injection).FindReference()).OfType<Finding>() : [])
            .OrderByDescending(finding => isOther || isKubeInject ? finding.Severity : default)
            .ToArray();
        var requestsCredentials = subject.Injections.Any(injection => injection.Databases.Count > 0);
        return new DiagnosisStep
        {
            Step = DiagnosisStepKind.Request,
            State = findings.Any(finding => finding.Severity == FindingSeverity.Error) || (findings.Length > 0 && !requestsCredentials) ? DiagnosisStatus.Failed
                : subject.WorkloadProblem is not null ? DiagnosisStatus.Unknown
                : findings.Any(finding => finding.Severity == FindingSeverity.Warning) ? DiagnosisStatus.Warning
                : DiagnosisStatus.Passed,
            Text = requestsCredentials ? string.Join("; ", subject.Injections.SelectMany(injection => injection.Databases))
                : subject.WorkloadProblem is { } problem ? $"No credentials are requested. Whether the annotations are in the metadata of the workload could not be checked. {problem}"
                : "No credentials are requested.",
            Findings = findings,
        };
    }
}
