namespace KubeInject.Annotations.Dialects;

/// <summary>What a pod says in another injector's words.</summary>
internal sealed record DialectParseResult
{
    public required InjectionState State { get; init; }

    /// <summary>The databases, in ordinal order of their names, which are unique.</summary>
    public IReadOnlyList<DialectDatabase> Databases { get; init; } = [];

    /// <summary>What only the other injector can do for the pod: one sentence each. Where there is some, its annotations have to stay.</summary>
    public IReadOnlyList<string> Rest { get; init; } = [];

    /// <summary>What the other injector is told, and ours has no word for, though nothing is lost by it: names of settings.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
