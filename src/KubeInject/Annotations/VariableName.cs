using System.Buffers;

namespace KubeInject.Annotations;

/// <summary>The rule for names of environment variables of API servers since Kubernetes 1.20.</summary>
internal static class VariableName
{
    /// <summary>The description of the rule, for messages.</summary>
    public const string Rule = "letters, digits, '_', '-' and '.', but no digit or '..' at the start";

    private static readonly SearchValues<char> Allowed = SearchValues.Create("-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsValid(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name != "." && !name.StartsWith("..", StringComparison.Ordinal)
        && !name.AsSpan().ContainsAnyExcept(Allowed);
}
