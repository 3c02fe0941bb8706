using KubeInject.Leases;
using KubeInject.Manifests;

namespace KubeInject.Injection;

/// <summary>A document that was read, and what is to become of it.</summary>
/// <param name="Document">The document.</param>
/// <param name="Pods">Its pod templates.</param>
/// <param name="Trial">Its text with placeholders for what is to be issued, read again and found to be as meant; null where it failed.</param>
/// <param name="Placeholders">The placeholders in it, by pod template.</param>
internal sealed record PlannedDocument(
    ManifestDocument Document, IReadOnlyList<PlannedPod> Pods, string? Trial, IReadOnlyList<PodPlaceholders> Placeholders)
{
    public IEnumerable<InjectionResult> Results => Pods.Select(pod => pod.Result);

    /// <summary>A document that cannot be injected.</summary>
    public static PlannedDocument Failed(ManifestDocument document, IReadOnlyList<PlannedPod> pods) => new(document, pods, null, []);

    /// <summary>The same document as one that cannot be injected.</summary>
    /// <param name="exception">Why.</param>
    /// <param name="left">What else there is to tell of it.</param>
    public PlannedDocument Failed(Exception exception, string? left = null) => Failed(Document, [.. Pods.Select(pod =>
        pod.Failed($"{(exception is ManifestException ? "" : $"{pod.Result.Place}: ")}{exception.Message}{(left is null ? "" : " " + left)}"))]);

    /// <summary>The document's text with what was issued.</summary>
    /// <param name="credentials">The credentials of each pod template.</param>
    public string Fill(IReadOnlyList<IReadOnlyList<IssuedLease>> credentials)
    {
        var text = Trial!;
        for (var i = 0; i < Placeholders.Count; i++)
            text = Placeholders[i].Fill(text, credentials[i]);
        return text;
    }
}
