using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Determines the type of a scalar by the rules of YAML 1.1, like the parser of kubectl.</summary>
internal static partial class KubeconfigScalars
{
    public const string BinaryTag = $"{Prefix}binary";
    private const string Prefix = "tag:yaml.org,2002:";

    public static KubeconfigScalar KindOf(Scalar scalar)
    {
        var isTyped = scalar.Tag.IsEmpty
            ? scalar.Style == ScalarStyle.Plain
            : scalar.Tag is { IsNonSpecific: false, Value: $"{Prefix}null" or $"{Prefix}bool" or $"{Prefix}int" or $"{Prefix}float" };
        return isTyped ? KindOfPlain(scalar.Value) : KubeconfigScalar.Text;
    }

    public static bool IsTrue(string boolean) => boolean.ToLowerInvariant() is "y" or "yes" or "true" or "on";

    /// <summary>Converts a number to JSON; null if JSON cannot represent it.</summary>
    public static string? JsonNumber(string number)
    {
        var plain = number.Replace("_", "", StringComparison.Ordinal);
        if (Prefixed().Match(plain) is { Success: true } prefixed)
            return Convert.ToUInt64(prefixed.Groups["digits"].Value, BaseOf(prefixed)) is var value && prefixed.Groups["sign"].Value == "-" ? $"-{value}" : $"{value}";
        return double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real)
            ? long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? $"{whole}" : real.ToString("R", CultureInfo.InvariantCulture)
            : null;
    }

    private static KubeconfigScalar KindOfPlain(string value) => value switch
    {
        "" or "~" or "null" or "Null" or "NULL" => KubeconfigScalar.Null,
        "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => KubeconfigScalar.Boolean,
        "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => KubeconfigScalar.Boolean,
        ".nan" or ".NaN" or ".NAN" or ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF" => KubeconfigScalar.Number,
        _ => IsNumber(value) ? KubeconfigScalar.Number : KubeconfigScalar.Text,
    };

    private static bool IsNumber(string value)
    {
        if (!(value[0] is '+' or '-' or '.' || char.IsAsciiDigit(value[0])))
            return false;
        var plain = value[0] == '.' ? value : value.Replace("_", "", StringComparison.Ordinal);
        return Decimal().IsMatch(plain) || (Prefixed().Match(plain) is { Success: true } prefixed && Fits(prefixed));
    }

    /// <summary>Returns whether a number fits in 64 bits. If not, it is a string, such as a token of hexadecimal digits.</summary>
    private static bool Fits(Match prefixed)
    {
        try
        {
            Convert.ToUInt64(prefixed.Groups["digits"].Value, BaseOf(prefixed));
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static int BaseOf(Match prefixed) => prefixed.Groups["base"].Value switch
    {
        "x" or "X" => 16,
        "b" or "B" => 2,
        _ => 8,
    };

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^(?<sign>[-+]?)0(?:(?<base>[xX])(?<digits>[0-9a-fA-F]+)|(?<base>[bB])(?<digits>[01]+)|(?<base>[oO]?)(?<digits>[0-7]+))\z")]
    private static partial Regex Prefixed();
}
