namespace KubeInject.Annotations;

/// <summary>What mends a finding: changes to labels and annotations, in order.</summary>
/// <param name="Title">What it does, in one sentence without a value that may hold a password.</param>
/// <param name="Changes">The changes, one at least.</param>
public sealed record Fix(string Title, IReadOnlyList<MetadataChange> Changes)
{
    /// <summary>The title.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DisplayText.Escape(Title);
}
