using KubeInject.Annotations;

namespace KubeInject.Reports;

/// <summary>Pods of one template that ask for the same and have come equally far; or a single one.</summary>
public sealed record PodGroup
{
    /// <summary>Their namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The pod's name; of several what their names begin with, and a <c>*</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The names of the pods, in ordinal order.</summary>
    public required IReadOnlyList<string> Pods { get; init; }

    /// <summary>How far their injection has come.</summary>
    public required InjectionState State { get; init; }

    /// <summary>What comes of it, in half a sentence; null where none of them was looked at closely.</summary>
    public string? Verdict { get; init; }

    /// <summary>The databases that they ask for.</summary>
    public IReadOnlyList<ReportedDatabase> Databases { get; init; } = [];

    /// <summary>The codes and severities of what is the matter with them, worst first.</summary>
    public IReadOnlyList<(string Code, FindingSeverity Severity)> Findings { get; init; } = [];

    /// <summary>The group in one line.</summary>
    /// <returns>For example <c>shop/orders-5d4f*</c>.</returns>
    public override string ToString() => $"{Namespace}/{Name}";
}
