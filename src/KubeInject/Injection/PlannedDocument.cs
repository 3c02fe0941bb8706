using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>A document that was read, and what is to become of it.</summary>
/// <param name="Place">Where it stands in the manifest.</param>
/// <param name="Pods">Its pod templates.</param>
/// <param name="Edits">What has to change in its text, with placeholders for what is to be issued, tried out; null where it failed.</param>
/// <param name="Placeholders">The placeholders, by pod template.</param>
internal sealed record PlannedDocument(
    Range Place, IReadOnlyList<PlannedPod> Pods, IReadOnlyList<TextEdit>? Edits, IReadOnlyList<PodPlaceholders> Placeholders)
{
    public IEnumerable<InjectionResult> Results => Pods.Select(pod => pod.Result);

    /// <summary>A document that cannot be injected.</summary>
    public static PlannedDocument Failed(Range place, IReadOnlyList<PlannedPod> pods) => new(place, pods, null, []);

    /// <summary>The same document as one that cannot be injected.</summary>
    /// <param name="exception">Why.</param>
    /// <param name="left">What else there is to tell of it.</param>
    public PlannedDocument Failed(Exception exception, string? left = null) => Failed(Place, [.. Pods.Select(pod =>
        pod.Failed($"{(exception is ManifestException ? "" : $"{pod.Result.Place}: ")}{exception.Message}{(left is null ? "" : " " + left)}"))]);

    /// <summary>The document's text with what was issued.</summary>
    /// <param name="content">The manifest.</param>
    /// <param name="credentials">The credentials of each pod template.</param>
    public string Fill(string content, IReadOnlyList<IReadOnlyList<IssuedLease>> credentials)
    {
        var issued = Placeholders.Zip(credentials).SelectMany(pod => pod.First.Fill(pod.Second)).ToArray();
        return TextEdit.Apply(content, Place, Edits!.Select(edit => edit with
        {
            Replacement = issued.Aggregate(edit.Replacement, (text, pair) => text.Replace(pair.Key, pair.Value, StringComparison.Ordinal)),
        }));
    }
}
