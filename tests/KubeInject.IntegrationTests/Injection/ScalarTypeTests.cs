using System.Globalization;
using System.Text.Json;
using KubeInject.Manifests;

namespace KubeInject.IntegrationTests.Injection;

/// <summary>A value is reported as not a string exactly if kubectl does not send it as a string.</summary>
public sealed class ScalarTypeTests
{
    private const int GeneratedValues = 20_000;

    // JSON cannot represent infinities and NaN; kubectl rejects a document that contains one.
    private static readonly string[] Chosen =
    [
        "y", "Y", "yes", "Yes", "YES", "yEs", "n", "N", "no", "No", "NO", "on", "On", "ON", "oN", "off", "Off", "OFF", "true", "True", "TRUE", "tRue",
        "false", "False", "FALSE", "null", "Null", "NULL", "nULL", "~", "\"\"", "0", "00", "08", "007", "-0", "+0", "+5", "5.", "5.5", ".5", "+.5", "-.5", "._5", ".5_0",
        "1_000", "1__0", "_1", "1_", "0x1F", "0X1f", "0x", "0xG", "-0x1", "+0x1", "0x_1", "0o17", "0O17", "0o8", "0b11", "0B11", "0b2", "0b+1", "0b-1", "-0b1", "-0b-1",
        "+0b1", "1e3", "1E3", "1e+3", "1e-3", "1e", "e1", "1e999", "-1e999", "1e-999", "0x1p4", "1:30", "190:20:30", "2001-01-01", "2001-01-01T00:00:00Z", "2001-01-01 00:00:00",
        "18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "0xFFFFFFFFFFFFFFFF", "0x10000000000000000",
        "+0x7FFFFFFFFFFFFFFF", "+0x8000000000000000", "-0x8000000000000000", "-0x8000000000000001", "01777777777777777777777", "02000000000000000000000",
        "'5'", "\"true\"", "! 5", "!!str 5", "!!str true", "!!int \"5\"", "!!int 5", "!!float \"5\"", "!!bool \"true\"", "!!timestamp 2001-01-01", "!own 5", "=",
        "orders-rw", "1st", "5432 ", "a1", "infinity", "nan", "inf", "+1 2", "1.2.3", "10.0.0.1", "1,5", "5%", "$5",
    ];

    [Fact]
    public async Task Kubectl_reads_the_same_scalars_as_strings()
    {
        var values = Chosen.Concat(Generated()).Distinct(StringComparer.Ordinal).ToList();
        var lines = values.Select((value, index) => string.Create(CultureInfo.InvariantCulture, $"    k{index}: {value}\n")).ToList();
        var pod = $"apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  annotations:\n{string.Concat(lines)}";
        var unquoted = Assert.Single(Assert.Single(Manifest.Parse(new ManifestText(pod)).Documents).PodTemplates).Template.NonStringKeys.ToHashSet();

        // A custom resource, so that kubectl sends all values unchanged.
        using var folder = new TemporaryFolder();
        var file = folder.File("x.yaml");
        await File.WriteAllTextAsync(file, $"apiVersion: example.org/v1\nkind: Example\nmetadata: {{name: x}}\nspec:\n  values:\n{string.Concat(lines)}");
        using var read = JsonDocument.Parse(await Command.KubectlAsync("annotate", "--local", "-f", file, "a=b", "-o", "json"));
        var sent = read.RootElement.GetProperty("spec").GetProperty("values");
        for (var i = 0; i < values.Count; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"k{i}");
            var isString = sent.GetProperty(key).ValueKind is JsonValueKind.String or JsonValueKind.Null;
            Assert.True(isString != unquoted.Contains(key), $"{values[i]}: kubectl sends {sent.GetProperty(key)}");
        }
    }

    private static IEnumerable<string> Generated()
    {
        var random = new Random(1);
        string[] pieces = ["0", "1", "7", "8", "9", "12", "+", "-", ".", "_", "e", "E", "x", "o", "b", "0x", "0b", "0o", "a", "F", "y", "n", "on", "true", "T"];
        for (var i = 0; i < GeneratedValues; i++)
        {
            var value = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (value != "-" && !value.StartsWith("---", StringComparison.Ordinal))
                yield return value;
        }
    }
}
