using System.Text.RegularExpressions;

namespace KubeInject.Testing;

/// <summary>A manifest of the corpus with its expected findings.</summary>
/// <param name="Name">The path of the file in the corpus, for example <c>findings/label-missing.yaml</c>.</param>
/// <param name="Path">The full path of the file.</param>
/// <param name="Text">The content of the file.</param>
/// <param name="Expected">The findings, in the order of their lines.</param>
/// <remarks>The README of the corpus describes the syntax of expected findings.</remarks>
public sealed partial record CorpusDocument(string Name, string Path, string Text, IReadOnlyList<ExpectedFinding> Expected)
{
    private const string Prefix = "db-creds-injector.numberly.io/";

    /// <summary>The folder of the corpus.</summary>
    public static string Folder { get; } = Repository.File("tests", "KubeInject.Tests", "Annotations", "Corpus");

    /// <summary>All documents with findings.</summary>
    public static IReadOnlyList<CorpusDocument> WithFindings { get; } = ReadAll("findings");

    /// <summary>All documents without findings.</summary>
    public static IReadOnlyList<CorpusDocument> Sound { get; } = ReadAll("sound");

    /// <summary>The name, for lists of tests.</summary>
    public override string ToString() => Name;

    private static CorpusDocument[] ReadAll(string folder) =>
        [.. Directory.EnumerateFiles(System.IO.Path.Combine(Folder, folder))
            .Where(file => file.EndsWith(".yaml", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(file => Read($"{folder}/{System.IO.Path.GetFileName(file)}", file))];

    private static CorpusDocument Read(string name, string path)
    {
        var text = File.ReadAllText(path);
        var beside = path + ".findings";
        return new CorpusDocument(name, path, text, [.. File.Exists(beside) ? FromLinesOf(File.ReadAllLines(beside)) : FromComments(text)]);
    }

    private static IEnumerable<ExpectedFinding> FromComments(string text) =>
        from line in text.Split('\n').Select((content, index) => (Content: content.TrimEnd('\r'), Number: index + 1))
        let comment = Comment().Match(line.Content)
        where comment.Success
        from item in comment.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)
        let words = item.Split(' ', 2)
        select new ExpectedFinding(line.Number, words[0], words.Length > 1 ? WholeKey(words[1]) : Key().Match(line.Content).Groups[1].Value);

    // JSON has no comments.
    private static IEnumerable<ExpectedFinding> FromLinesOf(string[] lines) =>
        from line in lines
        let words = line.Split(' ', 3)
        select new ExpectedFinding(int.Parse(words[0], null), words[1], WholeKey(words[2]));

    private static string WholeKey(string key) => key == "-" ? "" : key.StartsWith('/') ? Prefix + key[1..] : key;

    [GeneratedRegex(@"#[ ](KI\d{3}[^#]*)$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\s*(?:-\s+)?[""']?([^\s:""']+)[""']?\s*:")]
    private static partial Regex Key();
}
