using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Diagnosis;

/// <summary>What was found out about one pod, or the pod template of a workload.</summary>
public sealed record PodDiagnosis
{
    /// <summary>The pod or workload.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>The API server that it was read from; null for a manifest.</summary>
    public Uri? Server { get; init; }

    /// <summary>Where its document starts; null for an object of a cluster.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>What it asks for: one injection for each dialect that it speaks, one at least.</summary>
    public required IReadOnlyList<PodInjection> Injections { get; init; }

    /// <summary>The chain from its annotations to its credentials, as far as it was looked at. Steps that nobody could look at are left out.</summary>
    public required IReadOnlyList<DiagnosisStep> Chain { get; init; }

    /// <summary>All that is the matter, in the order of the chain.</summary>
    public IReadOnlyList<Finding> Findings => Chain.SelectMany(link => link.Findings).ToArray();

    /// <summary>The first link that is broken; null where none is.</summary>
    public DiagnosisStep? FirstBroken => Chain.FirstOrDefault(link => link.State == DiagnosisStatus.Failed);

    /// <summary>
    /// What comes of it: <c>will be injected: 2 databases, 4 variables in 3 containers</c>, <c>will not be injected: …</c>,
    /// <c>is injected: …</c> or <c>asks for nothing</c>. Of what nobody looked at it knows nothing.
    /// </summary>
    public string Verdict => DisplayText.Escape(Diagnosis.Verdict.Of(this));

    /// <summary>The diagnosis in one line.</summary>
    /// <returns>For example <c>shop/deployment/orders: will be injected: 1 database, 2 variables in 1 container</c>.</returns>
    public override string ToString() => DisplayText.Escape($"{Object}: {Verdict}");
}
