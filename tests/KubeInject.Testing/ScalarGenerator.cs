using System.Globalization;
using System.Text;

namespace KubeInject.Testing;

/// <summary>Creates ConfigMaps with block scalars and quoted scalars in unusual layouts. Many of them are not valid YAML.</summary>
public static class ScalarGenerator
{
    private static readonly string[] Texts = ["text", "a: 1", "# text", "- x", "=", "\t", "\\", "", "'", "\"", "{{ x }}", "text\t", "%x", "é"];

    /// <summary>Creates a ConfigMap that ends with a line break.</summary>
    public static string Document(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var text = new StringBuilder("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n");
        for (var i = random.Next(1, 4); i > 0; i--)
            text.Append(CultureInfo.InvariantCulture, $"  key{i}: ").Append(Scalar(random)).Append('\n');
        return text.ToString();
    }

    private static string Scalar(Random random)
    {
        var lines = string.Join('\n', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Line(random)));
        return random.Next(6) switch
        {
            5 => Pick(random, "|", ">", "|2", ">2", "|-1", ">+", "|2+") + "\n" + new string(' ', random.Next(1, 9)) + "\n" + Pick(random, "", "\n   ", "    text", "      text\n    text"),
            0 => Pick(random, "|", "|-", "|+", "|2", ">", ">-") + "\n" + lines,
            1 => Pick(random, "|", "|-", "|+", ">") + "\n" + new string(' ', random.Next(1, 9)) + "\n    text\n" + lines,
            2 => $"\"text{lines.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
            3 => $"'{lines.Replace("'", "''", StringComparison.Ordinal)}'",
            _ => Pick(random, Texts),
        };
    }

    private static string Line(Random random) => new string(' ', random.Next(9)) + (random.Next(2) == 0 ? "" : Pick(random, Texts));

    private static string Pick(Random random, params string[] values) => values[random.Next(values.Length)];
}
