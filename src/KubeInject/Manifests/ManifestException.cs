using KubeInject.Annotations;

namespace KubeInject.Manifests;

/// <summary>A manifest that cannot be read, or cannot be changed without damage. Nothing of it was changed.</summary>
public sealed class ManifestException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="location">Where in the manifest.</param>
    /// <param name="problem">What is the matter there and what to do, in one or two sentences.</param>
    /// <param name="innerException">What found it; null where nothing else did.</param>
    public ManifestException(SourceLocation location, string problem, Exception? innerException = null)
        : base(DisplayText.Escape($"{location}: {problem}"), innerException)
    {
        Location = location;
        Problem = DisplayText.Escape(problem);
    }

    /// <summary>Where in the manifest.</summary>
    public SourceLocation Location { get; }

    /// <summary>What is the matter, without the location.</summary>
    public string Problem { get; }
}
