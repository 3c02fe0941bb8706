using KubeInject.Manifests;

namespace KubeInject.Injection;

/// <summary>A manifest that was read, and what an injection would do to it. It can be injected without being read again.</summary>
public sealed class ManifestPlan
{
    internal ManifestPlan(ManifestSource source, ManifestResult result, ManifestText? text = null, IReadOnlyList<PlannedDocument>? documents = null)
    {
        Source = source;
        Result = result;
        Text = text;
        Documents = documents ?? [];
    }

    /// <summary>Where the manifest comes from.</summary>
    public ManifestSource Source { get; }

    /// <summary>What there is to tell: one result per pod template; a bad document never stops the others.</summary>
    public ManifestResult Result { get; }

    /// <summary>The text that the plan is for; null where it could not be read.</summary>
    internal ManifestText? Text { get; }

    internal IReadOnlyList<PlannedDocument> Documents { get; }
}
