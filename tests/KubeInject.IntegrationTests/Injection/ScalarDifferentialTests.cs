using System.Text.Json;
using KubeInject.Manifests;
using KubeInject.Manifests.Syntax;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Injection;

/// <summary>Block scalars and quoted scalars in unusual layouts have the value that kubectl reads, or are not read.</summary>
public sealed class ScalarDifferentialTests
{
    private const int Documents = 400;

    [Fact]
    public async Task Scalars_have_the_value_that_kubectl_reads()
    {
        using var folder = new TemporaryFolder();
        var cases = new CaseCounter();
        var texts = Enumerable.Range(0, Documents).Select(seed => ScalarGenerator.Document(new Random(seed))).ToList();
        for (var i = 0; i < texts.Count; i++)
            folder.Write($"m/{i:d4}.yaml", texts[i].Replace("name: settings", $"name: settings-{i}", StringComparison.Ordinal));

        // kubectl reports each file that it cannot read, and prints the others.
        var read = await Command.RunAsync("kubectl", ["create", "--dry-run=client", "--validate=false", "-o", "jsonpath={.metadata.name} {.data}{\"\\n\"}", "-f", folder.File("m")]);
        var values = read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToDictionary(line => line.Split(' ')[0], line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);

        for (var i = 0; i < texts.Count; i++)
        {
            var document = Read(texts[i]);
            var isRead = values.TryGetValue($"settings-{i}", out var value);
            cases.Count($"{(isRead, document is not null)}");
            if (!isRead || document is null)
                continue;
            var data = (MappingNode)((MappingNode)document).Find("data")!.Value;
            using var expected = JsonDocument.Parse(value!);
            foreach (var entry in data.Entries)
            {
                if (expected.RootElement.TryGetProperty(entry.Key.Value, out var property) && property.ValueKind == JsonValueKind.String)
                    Assert.True(((ScalarNode)entry.Value).Value == property.GetString(), $"Seed {i}, {entry.Key.Value}:\n{texts[i]}\n{value}");
            }
        }

        cases.Require(Documents / 10, "(True, True)", "(False, False)");
    }

    private static ManifestNode? Read(string text)
    {
        try
        {
            return Manifest.Parse(new ManifestText(text)).Documents[0].Syntax.Root;
        }
        catch (ManifestException)
        {
            return null;
        }
    }
}
