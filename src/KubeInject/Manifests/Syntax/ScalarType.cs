using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace KubeInject.Manifests.Syntax;

/// <summary>
/// Determines which scalars are strings for kubectl. It uses the rules of YAML 1.1 as implemented by go-yaml version 2:
/// <c>y</c> is a boolean, and <c>1:30</c> is not a number.
/// </summary>
internal static partial class ScalarType
{
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON",
        "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF",
        ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", "<<",
    };

    /// <summary>Returns whether the API server reads a scalar as a string. It reads null as an empty string.</summary>
    public static bool IsString(ScalarNode scalar) => scalar.Tag switch
    {
        null => scalar.Style != ScalarStyle.Plain || IsString(scalar.Value),
        "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" => false,
        _ => true,
    };

    private static bool IsString(string plain)
    {
        // The first character is sufficient for most values.
        if (plain.Length == 0)
            return true;
        return plain[0] switch
        {
            >= '0' and <= '9' or '+' or '-' or '.' => !Words.Contains(plain) && !IsNumber(plain),
            'y' or 'Y' or 'n' or 'N' or 't' or 'T' or 'f' or 'F' or 'o' or 'O' or '<' => !Words.Contains(plain),
            _ => true,
        };
    }

    private static bool IsNumber(string plain)
    {
        // Underscores can be anywhere, but only between digits if the number starts with a point.
        var digits = plain[0] == '.' ? BetweenDigits().Replace(plain, "") : plain.Replace("_", "", StringComparison.Ordinal);
        if (FloatingPoint().IsMatch(digits))
            return IsFinite(digits);
        var match = WithBase().Match(digits);
        return match.Success && Fits(match.Groups["sign"].Value, match.Groups["base"].Value, match.Groups["digits"].Value);
    }

    // A number that a double cannot represent is a string.
    private static bool IsFinite(string number) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value);

    // A number with a sign has to fit into a signed 64-bit integer, without a sign into an unsigned one.
    private static bool Fits(string sign, string @base, string digits)
    {
        var bitsOfDigit = @base switch { "x" or "X" => 4, "o" or "O" => 3, _ => 1 };
        var value = BigInteger.Zero;
        foreach (var digit in digits.TrimStart('0'))
        {
            value = (value << bitsOfDigit) + Convert.ToInt32(digit.ToString(), 16);
            if (value > ulong.MaxValue)
                return false;
        }

        return sign switch
        {
            "" => true,
            "-" => value <= (BigInteger)long.MaxValue + 1,
            _ => value <= long.MaxValue,
        };
    }

    [GeneratedRegex("(?<=[0-9])_(?=[0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex BetweenDigits();

    [GeneratedRegex(@"\A[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex FloatingPoint();

    // go-yaml also accepts a sign after 0b.
    [GeneratedRegex(
        @"\A(?:(?<sign>[-+]?)0(?:(?<base>[xX])(?<digits>[0-9a-fA-F]+)|(?<base>[oO])(?<digits>[0-7]+)|(?<base>[bB])(?<digits>[01]+))"
        + @"|0(?<base>b)(?<sign>[-+])(?<digits>[01]+))\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex WithBase();
}
