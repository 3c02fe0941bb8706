using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>A document and its planned injection.</summary>
/// <param name="Place">The range of the document in the manifest.</param>
/// <param name="Pods">The pod templates of the document.</param>
/// <param name="Edits">The verified text edits, with placeholders for the credentials. Null if planning failed.</param>
/// <param name="Placeholders">The placeholders of each pod template.</param>
internal sealed record PlannedDocument(Range Place, IReadOnlyList<PlannedPod> Pods, IReadOnlyList<TextEdit>? Edits, IReadOnlyList<PodValues> Placeholders)
{
    /// <summary>The reason why the document, which might request credentials, cannot be read. Null if it can be read.</summary>
    public string? Error { get; init; }

    public IEnumerable<InjectionResult> Results => Pods.Select(pod => pod.Result);

    /// <summary>Creates a document that cannot be injected.</summary>
    public static PlannedDocument Failed(Range place, IReadOnlyList<PlannedPod> pods) => new(place, pods, null, []);

    /// <summary>Returns the document with a failure.</summary>
    /// <param name="exception">The cause.</param>
    /// <param name="left">An additional sentence, or null.</param>
    public PlannedDocument Failed(Exception exception, string? left = null) => Failed(Place, [.. Pods.Select(pod =>
        pod.Failed($"{(exception is ManifestException ? "" : $"{pod.Result.Place}: ")}{exception.Message}{(left is null ? "" : " " + left)}"))]);

    /// <summary>Returns the document's text with the issued credentials.</summary>
    /// <param name="content">The text of the manifest.</param>
    /// <param name="credentials">The credentials of each pod template.</param>
    public string Fill(string content, IReadOnlyList<IReadOnlyList<IssuedLease>> credentials)
    {
        var replacements = Placeholders.Zip(Pods.Zip(credentials, PodValues.Of)).SelectMany(pod => pod.First.Replacements(pod.Second)).ToList();
        return TextEdit.Apply(content, Place, Edits!.Select(edit => edit with
        {
            Replacement = replacements.Aggregate(edit.Replacement, (text, replacement) => text.Replace(replacement.Placeholder, replacement.Text, StringComparison.Ordinal)),
        }));
    }
}
