using System.CommandLine;

namespace KubeInject.Injector.Completion;

/// <summary>A word that can complete a command line.</summary>
/// <param name="Word">The complete word.</param>
/// <param name="Description">The description of a command or an option; null for a value.</param>
internal sealed record Suggestion(string Word, string? Description)
{
    private static readonly string[] FlagValues = ["true", "false"];

    /// <summary>Returns the commands, the options and the values that can complete the last word of a line, in alphabetical order.</summary>
    /// <remarks>Options are suggested after a dash only. In their place, shells suggest files, which most commands expect.</remarks>
    /// <param name="root">The command of the program.</param>
    /// <param name="line">The command line up to the cursor, with the name of the program.</param>
    public static IReadOnlyList<Suggestion> For(Command root, string line)
    {
        var word = line[(line.LastIndexOf(' ') + 1)..];
        var isOption = word.StartsWith('-');
        return
        [
            .. root.Parse(line).GetCompletions(line.Length)
                .Where(item => item.Label.StartsWith(word, StringComparison.Ordinal) && item.Label.StartsWith('-') == isOption)
                .Where(item => char.IsAsciiLetter(item.Label.TrimStart('-').FirstOrDefault()) && !FlagValues.Contains(item.Label, StringComparer.OrdinalIgnoreCase))
                .Select(item => new Suggestion(item.Label, string.IsNullOrEmpty(item.Detail) ? null : item.Detail.ReplaceLineEndings(" ")))
                .OrderBy(suggestion => suggestion.Word, StringComparer.Ordinal),
        ];
    }
}
