using System.Management.Automation;
using System.Management.Automation.Language;

namespace KubeInject.Cmdlets;

/// <summary>Makes completions of names.</summary>
internal static class Completions
{
    /// <summary>Those of the names that go on from a word as it was typed, quoted where they have to be.</summary>
    public static IEnumerable<CompletionResult> Of(IEnumerable<string> names, string? word)
    {
        var pattern = Wildcards.Pattern($"{(word ?? "").Trim('\'', '"')}*");
        return names.Where(pattern.IsMatch).Select(name => new CompletionResult(Quote(name), name, CompletionResultType.ParameterValue, name));
    }

    private static string Quote(string name) =>
        name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_') && char.IsAsciiLetter(name[0])
            ? name
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
}
