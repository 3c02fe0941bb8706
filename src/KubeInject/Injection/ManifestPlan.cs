using KubeInject.Manifests;

namespace KubeInject.Injection;

/// <summary>A manifest and the planned injection. It can be injected without reading it again.</summary>
public sealed class ManifestPlan
{
    internal ManifestPlan(ManifestSource source, ManifestResult result, ManifestText? text = null, IReadOnlyList<PlannedDocument>? documents = null)
    {
        Source = source;
        Result = result;
        Text = text;
        Documents = documents ?? [];
    }

    /// <summary>The source of the manifest.</summary>
    public ManifestSource Source { get; }

    /// <summary>The planned result, with one result per pod template.</summary>
    public ManifestResult Result { get; }

    /// <summary>The text of the manifest when it was planned. Null if it could not be read.</summary>
    internal ManifestText? Text { get; }

    internal IReadOnlyList<PlannedDocument> Documents { get; }
}
