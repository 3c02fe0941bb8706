using System.Text;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Injection;

/// <summary>The Secrets that are written before a manifest, in the format of the manifest.</summary>
internal sealed class SecretManifests(ManifestText text)
{
    private readonly bool isJson = JsonReader.IsJson(text.Content);
    private readonly StringBuilder secrets = new();

    /// <summary>Verifies that documents can be inserted before a document.</summary>
    /// <exception cref="ManifestException">The document starts with YAML directives, which apply only to the first document.</exception>
    public static void Check(ManifestDocument document)
    {
        var head = document.Source.Content.AsSpan(0, document.Source.Content.IndexOf("---", StringComparison.Ordinal) is var first && first > 0 ? first : 0).TrimStart('\uFEFF');
        if (head.StartsWith("%") || head.Contains("\n%", StringComparison.Ordinal))
            throw new ManifestException(document.Source.LocationAt(0), "No document can be inserted before a manifest that starts with a YAML directive (%). Remove the directive and try again.");
    }

    public void Add(DeliverySecret secret, IReadOnlyList<IssuedLease> credentials)
    {
        // kubectl reads a sequence of JSON objects without separators.
        if (isJson)
            secrets.Append(secret.ToJsonText(credentials));
        else
            secrets.Append(secrets.Length == 0 ? "" : "---\n").Append(secret.ToYaml(credentials));
    }

    public void PutInFrontOf(StringBuilder content)
    {
        if (secrets.Length == 0)
            return;
        var isMarked = content.Length > 0 && content[0] == '\uFEFF';
        if (isMarked)
            content.Remove(0, 1);
        var isSeparated = isJson || (content.Length >= 3 && content.ToString(0, 3) == "---");
        content.Insert(0, $"{(isMarked ? "\uFEFF" : "")}{secrets}{(isSeparated ? "" : "---\n")}");
    }
}
