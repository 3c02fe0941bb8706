namespace KubeInject.Annotations;

/// <summary>The changes to labels and annotations that fix a finding, in order.</summary>
/// <param name="Title">The description of the changes in one sentence. It contains no values, which might contain passwords.</param>
/// <param name="Changes">The changes: at least one.</param>
public sealed record Fix(string Title, IReadOnlyList<MetadataChange> Changes)
{
    /// <summary>The title.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DisplayText.Escape(Title);
}
