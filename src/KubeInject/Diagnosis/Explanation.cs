using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis;

/// <summary>
/// A diagnosis told as a short numbered chain: what the pod asks for, who would act on it, what that needs, where the chain
/// breaks, and the one thing to do.
/// </summary>
public sealed record Explanation
{
    private Explanation()
    {
    }

    /// <summary>The pod or workload.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>The API server that it was read from; null for a manifest.</summary>
    public Uri? Server { get; init; }

    /// <summary>What comes of it, as <see cref="PodDiagnosis.Verdict"/> has it.</summary>
    public required string Verdict { get; init; }

    /// <summary>The one thing to do, in one sentence; null where there is nothing.</summary>
    public string? Remedy { get; init; }

    /// <summary>The whole story, line by line, for a terminal. Holds no secret.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>Tells a diagnosis.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <returns>The story.</returns>
    public static Explanation Of(PodDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        var remedy = (diagnosis.FirstBroken ?? diagnosis.Chain.FirstOrDefault(link => link.State == DiagnosisStatus.Warning))?.Worst?.Suggestion;
        return new Explanation
        {
            Object = diagnosis.Object,
            Server = diagnosis.Server,
            Verdict = diagnosis.Verdict,
            Remedy = remedy,
            Lines = ExplanationText.Of(diagnosis, remedy).Select(DisplayText.Escape).ToArray(),
        };
    }

    /// <summary>The whole story.</summary>
    /// <returns>Its lines, without a line end behind the last.</returns>
    public override string ToString() => string.Join(Environment.NewLine, Lines);
}
