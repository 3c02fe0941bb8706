using System.Text.RegularExpressions;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Reads of a policy of Vault what it lets be read.</summary>
/// <remarks>https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax</remarks>
internal static partial class VaultPolicyText
{
    /// <summary>Whether a policy lets a path be read.</summary>
    /// <param name="policy">Its text.</param>
    /// <param name="path">The path.</param>
    /// <returns>Null where that cannot be said for certain: it is written as JSON, or with what is not understood here.</returns>
    public static bool? LetsRead(string policy, string path)
    {
        var text = Comment().Replace(policy, "");
        var rules = Rule().Matches(text);
        if (Path().Count(text) != rules.Count || text.TrimStart().StartsWith('{'))
            return null;
        var matching = rules.Where(rule => Covers(rule.Groups["path"].Value, path)).ToList();

        // Of several the most specific one counts; which that is matters only where they do not agree.
        var answers = matching.Select(Grants).Distinct().ToList();
        return answers.Count switch
        {
            0 => false,
            1 => answers[0],
            _ => matching.Find(rule => rule.Groups["path"].Value == path) is { } exact ? Grants(exact) : null,
        };
    }

    private static bool Grants(Match rule)
    {
        var words = Word().Matches(rule.Groups["list"].Value).Select(word => word.Groups["word"].Value).ToList();
        return words.Contains("read") && !words.Contains("deny");
    }

    /// <summary>A <c>+</c> stands for one part of a path, a <c>*</c> at the end for whatever follows.</summary>
    private static bool Covers(string rule, string path)
    {
        var pattern = string.Join('/', rule.TrimEnd('*').Split('/').Select(part => part == "+" ? "[^/]+" : Regex.Escape(part)));
        return Regex.IsMatch(path, $@"\A{pattern}{(rule.EndsWith('*') ? "" : @"\z")}", RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    [GeneratedRegex("""^\s*(#|//).*$""", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("""\bpath\s+"[^"]+"\s*\{""")]
    private static partial Regex Path();

    [GeneratedRegex("""\bpath\s+"(?<path>[^"]+)"\s*\{[^{}]*?\bcapabilities\s*=\s*\[(?<list>[^\]]*)\][^{}]*\}""")]
    private static partial Regex Rule();

    [GeneratedRegex("[\"](?<word>[a-z]+)[\"]")]
    private static partial Regex Word();
}
