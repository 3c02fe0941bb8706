using System.Text.RegularExpressions;
using KubeInject.Testing;

namespace KubeInject.Tests.Shown;

/// <summary>Texts use plain English and the terms of the field. CONTRIBUTING.md says which words to use.</summary>
public sealed partial class LanguageTests
{
    private static readonly string[] Folders = ["src", "docs", "module", "build", "examples", "bench", "tests"];
    private static readonly string[] Extensions = [".cs", ".md", ".ps1", ".psm1", ".psd1", ".ps1xml", ".sh", ".js", ".txt", ".xml"];

    [Fact]
    public void Texts_contain_no_word_of_the_list()
    {
        var files = Folders.SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.File(".")))
            .Where(file => Extensions.Contains(Path.GetExtension(file)) && !Excluded().IsMatch(file))
            .ToList();

        Assert.True(files.Count > 900, $"Only {files.Count} files were found.");
        Assert.Empty(files.SelectMany(Find));
    }

    [Theory]
    [InlineData("The value stands in the file.")]
    [InlineData("Nobody revokes it.")]
    [InlineData("The source is asked anew.")]
    [InlineData("public void Nobody_is_told()")]
    [InlineData("Every test has a folder of its own.")]
    public void A_word_of_the_list_is_found(string text) => Assert.Matches(Words(), text.Replace('_', ' '));

    private static IEnumerable<string> Find(string file)
    {
        var isCode = false;
        foreach (var (index, line) in File.ReadLines(file).Index())
        {
            // Code blocks of pages can quote other programs.
            isCode ^= Path.GetExtension(file) == ".md" && line.StartsWith("```", StringComparison.Ordinal);
            if (!isCode && Words().Match(line.Replace('_', ' ')) is { Success: true } match)
                yield return $"{file}:{index + 1}: {match.Value}";
        }
    }

    [GeneratedRegex(@"[\\/](bin|obj|Corpus)[\\/]|LICENSE|THIRD-PARTY|LanguageTests")]
    private static partial Regex Excluded();

    // Words that have a common synonym, archaic expressions, and British spellings.
    [GeneratedRegex(
        @"\b(nobody|somebody|anybody|everybody|whoever|anew|afresh|mend(s|ed|ing)?|once more|as a rule|into being|stands|good for|taken for|made? good|go(es)? on|in front of"
        + @"|told|tells? of|look(s|ed|ing)? after|in (its|the) words|turn(s|ed)? down|pass(es|ed)? over|of (its|their|our|one's) own(?! \w)|labelled|colour(s|ed)?|behaviour|neighbour(s|ing)?|recognise[sd]?)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Words();
}
