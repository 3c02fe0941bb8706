using System.Management.Automation;
using System.Text;
using KubeInject.Kubernetes;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets;

/// <summary>
/// What cmdlets take as manifests: pods, objects as <c>kubectl get -o json | ConvertFrom-Json</c> gives them, files and
/// folders, and text, also line by line as a native command writes it.
/// </summary>
internal sealed class ManifestInput(PSCmdlet cmdlet, bool recurse)
{
    private static readonly string[] PathProperties = ["LiteralPath", "PSPath", "FullName", "Path"];

    private readonly StringBuilder lines = new();

    /// <summary>The manifests that an input object gives; none yet for a line of text.</summary>
    public IReadOnlyList<ManifestSource> Take(object input)
    {
        var value = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (value is string text)
        {
            lines.AppendLine(text);
            return [];
        }

        return value switch
        {
            Pod pod => [ManifestSource.FromText(pod.Json)],
            FileSystemInfo file => ManifestSource.FromPath(file.FullName, recurse),
            _ => FromObject(PSObject.AsPSObject(input)),
        };
    }

    /// <summary>The manifests that the lines of text make, now that the last has come.</summary>
    public IReadOnlyList<ManifestSource> Rest() => lines.Length == 0 ? [] : [ManifestSource.FromText(lines.ToString())];

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

    private IReadOnlyList<ManifestSource> FromObject(PSObject input)
    {
        if (input.Properties["kind"] is not null)
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
}
