using System.Text.RegularExpressions;

namespace KubeInject.Diagnosis.Vault;

/// <summary>Evaluates the text of a Vault policy.</summary>
/// <remarks>https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax</remarks>
internal static partial class VaultPolicyText
{
    /// <summary>Whether a policy allows reading a path.</summary>
    /// <param name="policy">The text of the policy.</param>
    /// <param name="path">The path, without a leading slash.</param>
    /// <returns>Null if that is not certain, because the policy is JSON or uses unsupported syntax.</returns>
    public static bool? LetsRead(string policy, string path)
    {
        var text = Comment().Replace(policy, "");
        var rules = Rule().Matches(text);
        if (Path().Count(text) != rules.Count || text.TrimStart().StartsWith('{'))
            return null;
        var matching = rules.Where(rule => Covers(rule.Groups["path"].Value, path)).ToList();

        // The most specific rule applies. Only an exact path is certain to be the most specific, so return null if other rules differ.
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
        var capabilities = Capability().Matches(rule.Groups["list"].Value).Select(capability => capability.Groups["capability"].Value).ToList();
        return capabilities.Contains("read") && !capabilities.Contains("deny");
    }

    /// <summary>Whether the path of a rule matches. A <c>+</c> matches one segment, and a <c>*</c> at the end matches any suffix.</summary>
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

    [GeneratedRegex("[\"](?<capability>[a-z]+)[\"]")]
    private static partial Regex Capability();
}
