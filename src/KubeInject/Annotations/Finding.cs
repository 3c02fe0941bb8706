using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations;

/// <summary>A problem or a note about the annotations of a pod.</summary>
public sealed record Finding
{
    /// <summary>The code, such as <c>KI001</c>. See <see cref="FindingCode"/>.</summary>
    public required string Code { get; init; }

    /// <summary>The severity.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>The pod or workload.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>The namespace of the object. Null if a manifest specifies no namespace.</summary>
    public string? Namespace => Object.Namespace;

    /// <summary>The API server of the object. Null for a manifest.</summary>
    public Uri? Server { get; init; }

    /// <summary>The complete key of the annotation or label, or the name of the variable. Null if the finding applies to no single key.</summary>
    public string? Key { get; init; }

    /// <summary>The problem, in one sentence.</summary>
    public required string Message { get; init; }

    /// <summary>The remedy, in one sentence. Null if the user does not have to do anything.</summary>
    public string? Suggestion { get; init; }

    /// <summary>Whether the key is in the metadata of the workload and not of the pod.</summary>
    internal bool IsOnWorkload { get; init; }

    /// <summary>
    /// Whether the in-cluster injector refuses the pod because of the problem, or changes it so that the API server refuses it.
    /// KubeInject injects the pod, unless the finding is an error.
    /// </summary>
    internal bool IsRefusedByInjector { get; init; }

    /// <summary>The path of the key in the object, for a key that is at the wrong position.</summary>
    internal string? Path { get; init; }

    /// <summary>The position in the manifest. Null for an object that is not from a manifest.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>The path of the manifest. Null if the object is not from a file.</summary>
    public string? File => Location?.File;

    /// <summary>The line, starting at 1. Null for an object that is not from a manifest.</summary>
    public int? Line => Location?.Line;

    /// <summary>The column, starting at 1. Null for an object that is not from a manifest.</summary>
    public int? Column => Location?.Column;

    /// <summary>
    /// The changes that fix the problem without a decision of the user. Null if there is no such fix. The fixes of one
    /// check never conflict, so they can be applied together. The next check can have further fixes.
    /// </summary>
    public Fix? Fix { get; init; }

    /// <summary>The address of the documentation with causes, an example and remedies.</summary>
    public Uri HelpUri => HelpUriOf(Code);

    /// <summary>Returns the address of the documentation of a code.</summary>
    /// <param name="code">The code.</param>
    /// <returns>The address.</returns>
    public static Uri HelpUriOf(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return new Uri($"https://github.com/kubeinject/kubeinject/blob/main/docs/findings.md#{code.ToLowerInvariant()}");
    }

    /// <summary>Returns the finding in one line.</summary>
    public override string ToString()
    {
        var place = Location is null ? $"{Object}" : $"{Location}: {Object}";
        var text = $"{place}: {Code} {Message}";
        return DisplayText.Escape(Suggestion is null ? text : $"{text} {Suggestion}");
    }
}

/// <summary>The severity of a finding.</summary>
public enum FindingSeverity
{
    /// <summary>A note. The user does not have to do anything.</summary>
    Information,

    /// <summary>The pod can be injected, but the result might not be as expected.</summary>
    Warning,

    /// <summary>The pod cannot be injected until the problem is fixed.</summary>
    Error,
}
