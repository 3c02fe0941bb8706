namespace KubeInject.Completion;

/// <summary>A suggestion for tab completion.</summary>
/// <param name="Text">The complete text.</param>
/// <param name="Description">A description in one line. Never empty.</param>
internal sealed record Suggestion(string Text, string Description)
{
    /// <summary>A part of the text that users may also type, such as the name in <c>deployment/orders</c>. Null for none (default).</summary>
    public string? Name { get; init; }

    /// <summary>Whether the text is the name of a variable, which is never quoted. Default: false.</summary>
    public bool IsVariable { get; init; }
}
