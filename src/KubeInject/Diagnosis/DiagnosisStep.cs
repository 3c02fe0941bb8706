using KubeInject.Annotations;
using KubeInject.Diagnosis.Cluster;

namespace KubeInject.Diagnosis;

/// <summary>The result of one step between a pod's annotations and its credentials.</summary>
public sealed record DiagnosisStep
{
    /// <summary>The step that was checked.</summary>
    public required DiagnosisStepKind Step { get; init; }

    /// <summary>The result of the check.</summary>
    public required DiagnosisStatus State { get; init; }

    /// <summary>The result in one sentence, for readers who do not know the injectors.</summary>
    public required string Text { get; init => field = DisplayText.Escape(value); }

    /// <summary>The problems of the step. If the step failed, the first finding is the cause.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = ReadableList.Of(value, finding => finding.Code); } = ReadableList<Finding>.Empty;

    /// <summary>The injectors whose webhooks act on the pod; empty if there are none, or if the step is about something else.</summary>
    internal IReadOnlyList<InjectorSignature> ActingInjectors { get; init; } = [];

    /// <summary>The first finding with the highest severity; null if there are no findings.</summary>
    internal Finding? Worst => Findings.MaxBy(finding => finding.Severity);

    /// <summary>The step in one line.</summary>
    /// <returns>For example <c>Identity: Failed, The ServiceAccount orders does not exist.</c>.</returns>
    public override string ToString() => $"{Step}: {State}, {Text}";
}

/// <summary>The steps from a pod's annotations to its credentials, in the order in which they happen.</summary>
public enum DiagnosisStepKind
{
    /// <summary>The pod requests credentials with valid annotations.</summary>
    Request,

    /// <summary>An injector acts on the request: its webhook is installed, and the selectors match the pod.</summary>
    Actor,

    /// <summary>The API server can call the webhook: Service, endpoints, certificate.</summary>
    Webhook,

    /// <summary>The pod was created after the label and the webhook.</summary>
    Timing,

    /// <summary>The pod's ServiceAccount exists and has tokens.</summary>
    Identity,

    /// <summary>The source issues the credentials to the pod: mount, role, policy.</summary>
    Source,

    /// <summary>The result: the pod is injected, and its leases are recorded.</summary>
    Outcome,
}

/// <summary>The result of one step of a diagnosis.</summary>
public enum DiagnosisStatus
{
    /// <summary>The step works.</summary>
    Passed,

    /// <summary>The step works, but something should be fixed.</summary>
    Warning,

    /// <summary>The step could not be checked, because a permission is missing or a server did not answer.</summary>
    Unknown,

    /// <summary>The step fails, so the pod gets no credentials.</summary>
    Failed,
}
