using System.Text.Json.Nodes;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>
/// What stands in the edits of a pod template's document in place of what is not issued yet: the edits are tried out
/// with it, and then only have to have it replaced.
/// </summary>
/// <remarks>
/// A placeholder is random, so that nothing else there is like it, and no plain scalar, so that it stands in double quotes. What
/// replaces it is quoted just so, and a document that is as it was meant to be with the one is so with the other.
/// </remarks>
internal sealed class PodPlaceholders
{
    private readonly PlannedPod pod;
    private readonly EnvironmentEntry[] variables;
    private readonly Guid[] uuids;

    public PodPlaceholders(PlannedPod pod)
    {
        this.pod = pod;
        variables = pod.Plan is null ? [] : [.. pod.Delivery!.Placeholders().Select(entry => IsOpen(entry) ? entry with { Content = $"{{{Guid.NewGuid()}}}" } : entry)];
        uuids = pod.Plan is null ? [] : [.. pod.Plan.Injection.Databases.Select(_ => Guid.NewGuid())];
    }

    /// <summary>What has to change for the template to hold them.</summary>
    public IEnumerable<ManifestChange> Changes(ManifestPodTemplate template) => pod.Changes(template, variables, uuids);

    /// <summary>What was issued in their place.</summary>
    /// <param name="credentials">What was issued, in the order of the databases.</param>
    /// <returns>Each placeholder as it stands in the text, and what is to stand there.</returns>
    /// <exception cref="FormatException">A credential holds a character that no environment variable can.</exception>
    public IEnumerable<KeyValuePair<string, string>> Fill(IReadOnlyList<IssuedLease> credentials)
    {
        if (pod.Plan is null)
            return [];
        var ids = uuids.Zip(credentials, (placeholder, issued) => KeyValuePair.Create($"{placeholder}", $"{issued.Record.Uuid}"));
        var values = variables.Zip(pod.Delivery!.Entries(credentials)).Where(pair => IsOpen(pair.First))
            .Select(pair => KeyValuePair.Create($"\"{TextOf(pair.First)}\"", ScalarWriter.QuoteChecked(TextOf(pair.Second))));
        return ids.Concat(values);
    }

    // What comes from a Secret is known before that is created.
    private static bool IsOpen(EnvironmentEntry entry) => entry.Content is JsonValue;

    private static string TextOf(EnvironmentEntry entry) => entry.Content.GetValue<string>();
}
