using KubeInject.Annotations;

namespace KubeInject.Diagnosis;

/// <summary>One link of the chain from a pod's annotations to its credentials.</summary>
public sealed record DiagnosisStep
{
    /// <summary>Which step it is.</summary>
    public required DiagnosisStepKind Step { get; init; }

    /// <summary>Whether it holds.</summary>
    public required DiagnosisStatus State { get; init; }

    /// <summary>What was found, in a sentence that needs no knowledge of any injector.</summary>
    public required string Text { get; init => field = DisplayText.Escape(value); }

    /// <summary>What is the matter with it; the first is what breaks it, where it is broken.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The finding that matters most, the first of several; null where there is none.</summary>
    internal Finding? Worst => Findings.MaxBy(finding => finding.Severity);

    /// <summary>The link in one line.</summary>
    /// <returns>For example <c>Actor: Broken, no webhook of the cluster selects the pod</c>.</returns>
    public override string ToString() => $"{Step}: {State}, {Text}";
}
