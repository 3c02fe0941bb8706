using KubeInject.Annotations;

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
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The first finding with the highest severity; null if there are no findings.</summary>
    internal Finding? Worst => Findings.MaxBy(finding => finding.Severity);

    /// <summary>The step in one line.</summary>
    /// <returns>For example <c>Identity: Failed, The ServiceAccount orders does not exist.</c>.</returns>
    public override string ToString() => $"{Step}: {State}, {Text}";
}
