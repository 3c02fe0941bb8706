namespace KubeInject.Annotations.Dialects;

/// <summary>The annotations of a pod for another injector.</summary>
internal sealed record DialectParseResult
{
    public required InjectionState State { get; init; }

    /// <summary>The databases, in ordinal order of their names, which are unique.</summary>
    public IReadOnlyList<DialectDatabase> Databases { get; init; } = [];

    /// <summary>The functions for which the other injector is still required. One sentence for each. If there are any, its annotations have to be kept.</summary>
    public IReadOnlyList<string> Rest { get; init; } = [];

    /// <summary>The names of settings of the other injector that have no equivalent and are not necessary.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
