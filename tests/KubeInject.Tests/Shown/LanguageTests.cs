using System.Text.RegularExpressions;
using KubeInject.Testing;

namespace KubeInject.Tests.Shown;

/// <summary>Texts use plain English and the terms of the field. CONTRIBUTING.md says which words to use.</summary>
public sealed partial class LanguageTests
{
    private static readonly string[] Folders = ["src", "docs", "module", "build", "examples", "bench"];
    private static readonly string[] Extensions = [".cs", ".md", ".ps1", ".psm1", ".psd1", ".ps1xml", ".sh", ".js", ".txt", ".xml"];

    [Fact]
    public void Texts_contain_no_word_of_the_list()
    {
        var files = Folders.SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.File(".")))
            .Where(file => Extensions.Contains(Path.GetExtension(file)) && !Built().IsMatch(file))
            .ToList();

        Assert.True(files.Count > 500, $"Only {files.Count} files were found.");
        Assert.Empty(files.SelectMany(Find));
    }

    [Theory]
    [InlineData("The value stands in the file.")]
    [InlineData("Nobody revokes it.")]
    [InlineData("The source is asked anew.")]
    public void A_word_of_the_list_is_found(string text) => Assert.Matches(Words(), text);

    private static IEnumerable<string> Find(string file)
    {
        var isCode = false;
        foreach (var (index, line) in File.ReadLines(file).Index())
        {
            // Code blocks of pages can quote other programs.
            isCode ^= Path.GetExtension(file) == ".md" && line.StartsWith("```", StringComparison.Ordinal);
            if (!isCode && Words().Match(line) is { Success: true } match)
                yield return $"{file}:{index + 1}: {match.Value}";
        }
    }

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]|LICENSE|THIRD-PARTY")]
    private static partial Regex Built();

    [GeneratedRegex(@"\b(nobody|somebody|whoever|anew|mend(s|ed|ing)?|once more|as a rule|into being|stands|tells? of|reported of|look(s|ed|ing)? after|in (its|the) words)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Words();
}
