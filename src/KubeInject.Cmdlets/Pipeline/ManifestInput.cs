using System.Collections;
using System.Management.Automation;
using System.Text;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>
/// What cmdlets take as manifests: pods, objects as <c>kubectl get -o json | ConvertFrom-Json</c> gives them, files and
/// folders, and text, also line by line as a native command writes it.
/// </summary>
internal sealed class ManifestInput(PSCmdlet cmdlet, bool recurse)
{
    private static readonly string[] PathProperties = ["LiteralPath", "PSPath", "FullName", "Path"];

    private readonly StringBuilder lines = new();

    /// <summary>The manifests that an input object gives; none yet for a line of text.</summary>
    public IReadOnlyList<ManifestSource> Accept(object input)
    {
        var value = input is PSObject wrapped ? wrapped.BaseObject : input;
        return value switch
        {
            string text => FromText(text, PSObject.AsPSObject(input)),
            ManifestSource manifest => [manifest],
            Pod pod => [ManifestSource.FromText(pod.ToJson())],
            FileSystemInfo file => ManifestSource.FromPath(file.FullName, recurse),
            _ => FromObject(PSObject.AsPSObject(input)),
        };
    }

    /// <summary>The manifests that the lines of text make, now that the last has come.</summary>
    public IReadOnlyList<ManifestSource> Flush()
    {
        var text = lines.ToString();
        lines.Clear();
        return text.Length == 0 ? [] : [ManifestSource.FromText(text)];
    }

    /// <summary>The manifests at a path with wildcards as PowerShell knows them.</summary>
    public IReadOnlyList<ManifestSource> AtPath(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
            return AtLiteralPath(path);

        var found = cmdlet.GetResolvedProviderPathFromPSPath(path, out _).SelectMany(match => ManifestSource.FromPath(match, recurse)).ToList();
        return found.Count > 0 ? found : throw new FileNotFoundException($"Nothing matches '{path}'. Check the path.", path);
    }

    /// <summary>The manifests at a path that is taken as it stands.</summary>
    public IReadOnlyList<ManifestSource> AtLiteralPath(string path) => ManifestSource.FromPath(cmdlet.GetUnresolvedProviderPathFromPSPath(path), recurse);

    private IReadOnlyList<ManifestSource> FromText(string text, PSObject input)
    {
        // Several lines in one are a whole manifest. Of single ones, Get-Content gives the first of each file the number 1.
        var isWhole = text.TrimEnd().Contains('\n', StringComparison.Ordinal);
        var before = isWhole || input.Properties["ReadCount"]?.Value is 1L ? Flush() : [];
        if (isWhole)
            return [.. before, ManifestSource.FromText(text)];
        lines.AppendLine(text);
        return before;
    }

    private IReadOnlyList<ManifestSource> FromObject(PSObject input)
    {
        if (Has(input, "apiVersion") && Has(input, "kind"))
        {
            // PowerShell's own converter: it knows best what its objects mean.
            var json = cmdlet.InvokeCommand.InvokeScript(
                "param($object) Microsoft.PowerShell.Utility\\ConvertTo-Json -InputObject $object -Depth 100 -Compress", input);
            return [ManifestSource.FromText((string)json[0].BaseObject)];
        }

        var path = PathProperties.Select(name => input.Properties[name]?.Value as string).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        if (path is not null)
            return AtLiteralPath(path);
        cmdlet.WriteError(Errors.NotAManifest(input));
        return [];
    }

    private static bool Has(PSObject input, string key) =>
        input.BaseObject is IDictionary dictionary ? dictionary.Contains(key) : input.Properties[key] is not null;
}
