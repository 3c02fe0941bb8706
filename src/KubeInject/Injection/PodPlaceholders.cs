using System.Text.Json.Nodes;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>
/// The placeholders for credentials that are not issued yet. The text edits of a document are verified with placeholders,
/// which are later replaced with the credentials.
/// </summary>
/// <remarks>
/// A placeholder is random, so that it is unique in the document, and starts with a brace, so that it is double-quoted. The
/// credentials are also double-quoted, so the verification with the placeholder is also valid for the credentials.
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

    /// <summary>Returns the changes that add the placeholders to the template.</summary>
    public IEnumerable<ManifestChange> Changes(ManifestPodTemplate template) => pod.Changes(template, variables, uuids);

    /// <summary>Returns the replacements of the placeholders.</summary>
    /// <param name="credentials">The issued credentials, in the order of the databases.</param>
    /// <returns>Each placeholder in the text, with its replacement.</returns>
    /// <exception cref="FormatException">A credential contains a character that an environment variable cannot contain.</exception>
    public IEnumerable<KeyValuePair<string, string>> Fill(IReadOnlyList<IssuedLease> credentials)
    {
        if (pod.Plan is null)
            return [];
        var ids = uuids.Zip(credentials, (placeholder, issued) => KeyValuePair.Create($"{placeholder}", $"{issued.Record.Uuid}"));
        var values = variables.Zip(pod.Delivery!.Entries(credentials)).Where(pair => IsOpen(pair.First))
            .Select(pair => KeyValuePair.Create($"\"{TextOf(pair.First)}\"", ScalarWriter.QuoteChecked(TextOf(pair.Second))));
        return ids.Concat(values);
    }

    // A reference to a Secret is known before the Secret is created, so it needs no placeholder.
    private static bool IsOpen(EnvironmentEntry entry) => entry.Content is JsonValue;

    private static string TextOf(EnvironmentEntry entry) => entry.Content.GetValue<string>();
}
