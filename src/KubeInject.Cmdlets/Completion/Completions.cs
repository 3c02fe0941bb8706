using System.Management.Automation;
using System.Management.Automation.Language;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Completion;

namespace KubeInject.Cmdlets.Completion;

/// <summary>Selects the suggestions that complete a typed word.</summary>
/// <param name="typed">The typed word, with its quotes.</param>
internal sealed class Completions(string? typed)
{
    private readonly WildcardPattern? pattern =
        WildcardPattern.ContainsWildcardCharacters(typed ?? "") ? Wildcards.Pattern($"{Unquote(typed)}*") : null;

    /// <summary>The word without its quotes.</summary>
    public string Word { get; } = Unquote(typed);

    /// <summary>Whether a suggestion completes the word.</summary>
    public bool Includes(Suggestion suggestion) => Includes(suggestion.Text) || (suggestion.Name is not null && Includes(suggestion.Name));

    /// <summary>Converts suggestions to completion results.</summary>
    public static IEnumerable<CompletionResult> Of(IEnumerable<Suggestion> suggestions) =>
        from suggestion in suggestions.DistinctBy(suggestion => suggestion.Text)
        where suggestion.Text.Length > 0 && DisplayText.Escape(suggestion.Text) == suggestion.Text
        select new CompletionResult(suggestion.IsVariable ? suggestion.Text : Quote(suggestion.Text), suggestion.Text, CompletionResultType.ParameterValue, DisplayText.Escape(suggestion.Description));

    private static string Unquote(string? word) => (word ?? "").Trim('\'', '"');

    private bool Includes(string text) => text.StartsWith(Word, StringComparison.OrdinalIgnoreCase) || (pattern?.IsMatch(text) ?? false);

    // Without quotes if PowerShell does not require them, so that the user can continue to type.
    private static string Quote(string text) =>
        text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '/' or ':' or '=' or '!') && char.IsAsciiLetter(text[0])
            ? text
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
