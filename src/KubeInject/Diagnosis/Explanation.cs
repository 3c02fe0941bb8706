using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis;

/// <summary>
/// A diagnosis as text in five numbered parts: what is requested, what injects the credentials, what the injection requires,
/// what fails, and what to do.
/// </summary>
public sealed record Explanation
{
    /// <summary>The pod or workload.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>The API server that it was read from; null for a manifest.</summary>
    public Uri? Server { get; init; }

    /// <summary>The result; see <see cref="PodDiagnosis.Verdict"/>.</summary>
    public required string Verdict { get; init; }

    /// <summary>What to do, in one sentence; null if nothing has to be done.</summary>
    public string? Remedy { get; init; }

    /// <summary>The lines of the explanation, for a terminal. They contain no secret.</summary>
    public required IReadOnlyList<string> Lines { get; init => field = ReadableList.Of(value, separator: Environment.NewLine); }

    /// <summary>Explains a diagnosis.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <returns>The explanation.</returns>
    public static Explanation Of(PodDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        var step = diagnosis.FirstFailed
            ?? diagnosis.Steps.FirstOrDefault(step => step.Worst?.Code == FindingCode.NoInjector)
            ?? diagnosis.Steps.FirstOrDefault(step => step.State == DiagnosisStatus.Warning);
        var remedy = step?.Worst?.Suggestion;
        return new Explanation
        {
            Object = diagnosis.Object,
            Server = diagnosis.Server,
            Verdict = diagnosis.Verdict,
            Remedy = remedy,
            Lines = ExplanationText.Of(diagnosis, remedy).Select(DisplayText.Escape).ToArray(),
        };
    }

    /// <summary>The whole explanation.</summary>
    /// <returns>The lines, without a line end after the last line.</returns>
    public override string ToString() => string.Join(Environment.NewLine, Lines);
}
