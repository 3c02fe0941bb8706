using KubeInject.Kubernetes;

namespace KubeInject.Annotations;

/// <summary>Something about a pod's annotations that its author would want to know.</summary>
public sealed record Finding
{
    /// <summary>The stable code, <c>KI001</c> and up; see <see cref="FindingCode"/>.</summary>
    public required string Code { get; init; }

    /// <summary>How much it matters.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>The pod or workload that it is about.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>The annotation or label that it is about, with its whole key; null where there is none to name.</summary>
    public string? Key { get; init; }

    /// <summary>What is the matter, in one sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it, in one sentence; null where nothing has to be done.</summary>
    public string? Suggestion { get; init; }

    /// <summary>Where it stands; null for an object that came from no text.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>The finding in one line.</summary>
    public override string ToString()
    {
        var place = Location is null ? $"{Object}" : $"{Location}: {Object}";
        var text = $"{place}: {Code} {Message}";
        return Suggestion is null ? text : $"{text} {Suggestion}";
    }
}
