using KubeInject.Annotations;

namespace KubeInject.Injection.Annotating;

/// <summary>What a task wants done to a pod template.</summary>
/// <param name="Fixes">What, in order; empty where nothing is left to do.</param>
/// <param name="Warnings">What it cannot do, or is to be known.</param>
/// <param name="IsDue">Whether it is a failure if that changes nothing, or has to be done again.</param>
internal sealed record AnnotationStep(IReadOnlyList<Fix> Fixes, IReadOnlyList<string> Warnings, bool IsDue = false)
{
    public static AnnotationStep Done { get; } = new([], []);

    /// <summary>Each change as something of its own, so that only those are told of that change anything.</summary>
    public static AnnotationStep Of(IEnumerable<MetadataChange> changes, params IReadOnlyList<string> warnings) =>
        new([.. changes.Select(change => new Fix(Capitalized($"{change}"), [change]))], warnings);

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..] + ".";
}
