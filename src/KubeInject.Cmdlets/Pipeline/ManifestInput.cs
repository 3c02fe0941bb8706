using System.Collections;
using System.Management.Automation;
using System.Text;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>
/// Converts input objects to manifests: pods, objects from <c>kubectl get -o json | ConvertFrom-Json</c>, files, folders, and
/// text, which can also arrive line by line from a native command.
/// </summary>
internal sealed class ManifestInput(PSCmdlet cmdlet, bool recurse)
{
    private static readonly string[] PathProperties = ["LiteralPath", "PSPath", "FullName", "Path"];
    private static readonly string[] TypeMembers = ["apiVersion", "kind"];

    // Not kind, which a DateTime has, too.
    private static readonly string[] MembersOfObjects = ["apiVersion", "metadata", "spec", "Namespace"];

    private readonly StringBuilder lines = new();

    /// <summary>Returns the manifests of an input object. A single line of text is buffered until <see cref="Flush"/>.</summary>
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

    /// <summary>Returns the manifest that consists of the buffered lines; none if there are no lines.</summary>
    public IReadOnlyList<ManifestSource> Flush()
    {
        var text = lines.ToString();
        lines.Clear();
        return text.Length == 0 ? [] : [ManifestSource.FromText(text)];
    }

    /// <summary>Returns the manifests at a path, which can contain PowerShell wildcards. In a name, a backtick before a wildcard makes it literal.</summary>
    public IReadOnlyList<ManifestSource> AtPath(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
            return AtLiteralPath(WildcardPattern.Unescape(path));

        var found = cmdlet.GetResolvedProviderPathFromPSPath(path, out _).SelectMany(match => ManifestSource.FromPath(match, recurse)).ToList();
        if (found.Count > 0)
            return found;
        var hint = Path.Exists(cmdlet.GetUnresolvedProviderPathFromPSPath(path)) ? " A file or folder has exactly this name: specify it with -LiteralPath." : "";
        throw new FileNotFoundException($"No file or folder matches '{path}'.{hint}", path);
    }

    /// <summary>Returns the manifests at a path without interpreting wildcards.</summary>
    public IReadOnlyList<ManifestSource> AtLiteralPath(string path) => ManifestSource.FromPath(cmdlet.GetUnresolvedProviderPathFromPSPath(path), recurse);

    private IReadOnlyList<ManifestSource> FromText(string text, PSObject input)
    {
        // The first line of a manifest is never only the path of a file, but a native command such as 'git diff --name-only' writes paths.
        if (lines.Length == 0 && input.Properties["ReadCount"] is null && IsPath(text))
            return ManifestSource.FromPath(FilePath(text), recurse);

        // Text with several lines is a complete manifest. For single lines, Get-Content sets ReadCount to 1 at the start of each file.
        var isComplete = text.TrimEnd().Contains('\n', StringComparison.Ordinal);
        var before = isComplete || input.Properties["ReadCount"]?.Value is 1L ? Flush() : [];
        if (isComplete)
            return [.. before, ManifestSource.FromText(text)];
        lines.AppendLine(text);
        return before;
    }

    private IReadOnlyList<ManifestSource> FromObject(PSObject input)
    {
        if (Has(input, "apiVersion") && Has(input, "kind"))
        {
            if (!Has(input, "metadata") && !Has(input, "items"))
                return Incomplete(input, "metadata");

            // ConvertTo-Json of PowerShell, because it supports all types of PowerShell objects.
            var json = cmdlet.InvokeCommand.InvokeScript(
                "param($object) Microsoft.PowerShell.Utility\\ConvertTo-Json -InputObject $object -Depth 100 -Compress", input);
            return [ManifestSource.FromText((string)json[0].BaseObject)];
        }

        var path = PathProperties.Select(name => input.Properties[name]?.Value as string).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        if (path is not null)
            return AtLiteralPath(path);

        // A pod from another session has lost its document, and members that a user adds do not restore it.
        if (!input.TypeNames[0].StartsWith("Deserialized.", StringComparison.Ordinal) && Array.Exists(MembersOfObjects, name => Has(input, name)))
            return Incomplete(input, string.Join(" and no ", TypeMembers.Where(name => !Has(input, name))));
        cmdlet.WriteError(Errors.NotAManifest(input));
        return [];
    }

    private IReadOnlyList<ManifestSource> Incomplete(PSObject input, string members)
    {
        cmdlet.WriteError(Errors.IncompleteInput(input, members));
        return [];
    }

    // A missing file with the extension of a manifest is an error that names it, for example a file that a commit deletes.
    private bool IsPath(string text) => text.Length > 0 && text[0] is not ('{' or '[' or '-' or '#' or ' ') && !text.AsSpan().ContainsAny('\r', '\n')
        && ((Path.GetExtension(text).ToLowerInvariant() is ".yaml" or ".yml" or ".json" && !text.Contains(": ", StringComparison.Ordinal)) || File.Exists(FilePath(text)));

    private string FilePath(string text) => Path.Combine(cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath, text);

    private static bool Has(PSObject input, string key) =>
        (input.BaseObject is IDictionary dictionary ? dictionary[key] : input.Properties[key]?.Value) is not null;
}
