using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis;

/// <summary>The diagnosis of one pod, or of the pod template of a workload.</summary>
public sealed record PodDiagnosis
{
    /// <summary>The pod or workload.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>The API server that it was read from; null for a manifest.</summary>
    public Uri? Server { get; init; }

    /// <summary>The start of its document; null for an object of a cluster.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>The requests: one injection for each dialect that it uses, and at least one.</summary>
    public required IReadOnlyList<PodInjection> Injections { get; init => field = ReadableList.Of(value); }

    /// <summary>The checked steps from the annotations to the credentials, in their order. Steps that were not checked are not included.</summary>
    public required IReadOnlyList<DiagnosisStep> Steps { get; init => field = ReadableList.Of(value); }

    /// <summary>All findings, in the order of the steps.</summary>
    public IReadOnlyList<Finding> Findings => ReadableList.Of(Steps.SelectMany(link => link.Findings), finding => finding.Code);

    /// <summary>The codes of findings that comments in the manifest silence. They are part of <see cref="Findings"/>.</summary>
    internal IReadOnlySet<string> IgnoredCodes { get; init; } = new HashSet<string>();

    /// <summary>The findings that no comment silences.</summary>
    internal IEnumerable<Finding> ReportedFindings => Findings.Where(finding => !IgnoredCodes.Contains(finding.Code));

    /// <summary>The first step that failed; null if no step failed.</summary>
    public DiagnosisStep? FirstFailed => Steps.FirstOrDefault(link => link.State == DiagnosisStatus.Failed);

    /// <summary>
    /// The result: <c>will be injected: 2 databases, 4 variables in 3 containers</c>, <c>can be injected with KubeInject: …</c> if no
    /// injector acts automatically, <c>will not be injected: …</c>, <c>is injected: …</c> or <c>requests no credentials</c>. It is
    /// based only on the steps that were checked.
    /// </summary>
    public string Verdict => DisplayText.Escape(Diagnosis.Verdict.Of(this));

    /// <summary>The diagnosis in one line.</summary>
    /// <returns>For example <c>shop/deployment/orders: will be injected: 1 database, 2 variables in 1 container</c>.</returns>
    public override string ToString() => DisplayText.Escape($"{Object}: {Verdict}");
}
