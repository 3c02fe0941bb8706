using KubeInject.Annotations;

namespace KubeInject.Injection.Annotating;

/// <summary>A step of a task for a pod template.</summary>
/// <param name="Fixes">The changes, in order. Empty if the task is complete.</param>
/// <param name="Warnings">What the task cannot do, or what the user has to know.</param>
/// <param name="IsDue">Whether the task fails if a fix has no effect or has to be repeated. Default: false.</param>
internal sealed record AnnotationStep(IReadOnlyList<Fix> Fixes, IReadOnlyList<string> Warnings, bool IsDue = false)
{
    public static AnnotationStep Empty { get; } = new([], []);

    /// <summary>Creates a separate fix for each change, so that only effective changes are reported.</summary>
    public static AnnotationStep Of(IEnumerable<MetadataChange> changes, params IReadOnlyList<string> warnings) =>
        new([.. changes.Select(change => new Fix(Capitalized($"{change}"), [change]))], warnings);

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..] + ".";
}
