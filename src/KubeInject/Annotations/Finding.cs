using KubeInject.Kubernetes.Objects;

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

    /// <summary>Its namespace; null where a manifest names none.</summary>
    public string? Namespace => Object.Namespace;

    /// <summary>The API server that the object is of; null for a manifest.</summary>
    public Uri? Server { get; init; }

    /// <summary>The annotation or label that it is about, with its whole key, or the variable; null where there is none to name.</summary>
    public string? Key { get; init; }

    /// <summary>What is the matter, in one sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it, in one sentence; null where nothing has to be done.</summary>
    public string? Suggestion { get; init; }

    /// <summary>Whether the key stands on the workload's own metadata, and not on the pod's.</summary>
    internal bool IsOnWorkload { get; init; }

    /// <summary>Where it stands; null for an object that came from no text.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>The file that it stands in; null for what came from no file.</summary>
    public string? File => Location?.File;

    /// <summary>The line, counted from 1; null for what came from no text.</summary>
    public int? Line => Location?.Line;

    /// <summary>The column, counted from 1; null for what came from no text.</summary>
    public int? Column => Location?.Column;

    /// <summary>
    /// What mends it without a question to anybody; null where that is not certain. The fixes of one reading can be applied
    /// together: none changes what another does, which may leave something for the next reading.
    /// </summary>
    public Fix? Fix { get; init; }

    /// <summary>Where causes, an example and remedies are described.</summary>
    public Uri HelpUri => HelpUriOf(Code);

    /// <summary>Where causes, an example and remedies of a code are described.</summary>
    /// <param name="code">The code.</param>
    /// <returns>The address.</returns>
    public static Uri HelpUriOf(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return new Uri($"https://github.com/kubeinject/kubeinject/blob/main/docs/findings.md#{code.ToLowerInvariant()}");
    }

    /// <summary>The finding in one line.</summary>
    public override string ToString()
    {
        var place = Location is null ? $"{Object}" : $"{Location}: {Object}";
        var text = $"{place}: {Code} {Message}";
        return DisplayText.Escape(Suggestion is null ? text : $"{text} {Suggestion}");
    }
}
