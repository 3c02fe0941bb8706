using System.Text.RegularExpressions;

namespace KubeInject.Annotations;

/// <summary>The rule for names of environment variables, as every API server since 1.20 applies it.</summary>
internal static partial class VariableName
{
    /// <summary>What the rule allows, in words.</summary>
    public const string Rule = "letters, digits, '_', '-' and '.', and no digit or '..' in front";

    public static bool IsValid(string name) =>
        name != "." && !name.StartsWith("..", StringComparison.Ordinal) && Pattern().IsMatch(name);

    [GeneratedRegex(@"\A[-._a-zA-Z][-._a-zA-Z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
