namespace KubeInject.Completion;

/// <summary>What a user may be about to type.</summary>
/// <param name="Text">The whole of it.</param>
/// <param name="Description">What it stands for, in one line; never empty.</param>
public sealed record Suggestion(string Text, string Description)
{
    /// <summary>A part of the text that users begin with as well: of <c>deployment/orders</c> the name. Null for none (default).</summary>
    public string? Name { get; init; }

    /// <summary>Whether the text is the name of a variable, which is never quoted. Default: false.</summary>
    public bool IsVariable { get; init; }
}
