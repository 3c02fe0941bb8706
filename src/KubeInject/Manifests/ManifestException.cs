using KubeInject.Annotations;

namespace KubeInject.Manifests;

/// <summary>The error for a manifest that cannot be read or cannot be changed safely. The manifest is unchanged.</summary>
public sealed class ManifestException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="location">The position in the manifest.</param>
    /// <param name="problem">The problem and the remedy, in one or two sentences.</param>
    /// <param name="innerException">The exception that caused this exception, or null.</param>
    public ManifestException(SourceLocation location, string problem, Exception? innerException = null)
        : base(DisplayText.Escape($"{location}: {problem}"), innerException)
    {
        Location = location;
        Problem = DisplayText.Escape(problem);
    }

    /// <summary>The position in the manifest.</summary>
    public SourceLocation Location { get; }

    /// <summary>The problem and the remedy, without the position.</summary>
    public string Problem { get; }
}
