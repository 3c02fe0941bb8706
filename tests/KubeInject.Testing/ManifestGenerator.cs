using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeInject.Testing;

/// <summary>Generates manifests with various kinds, containers, variables and layouts.</summary>
public sealed class ManifestGenerator
{
    private const string Prefix = "db-creds-injector.numberly.io/";

    private static readonly string[] Wild =
    [
        "yes", "0x1F", "1e3", "~", "null", "a: b", "a #b", " lead", "trail ", "'single'", "\"double\"", "back\\slash", "", "-", "- x", "*a", "&a",
        "line\nline\n", "line\n\nline", "one\n\n\n", "\ttab", "emoji \U0001F600", "é\u0301", "{x}", "[x]", "%x", "@x", "`x`", "!x", "|", ">", "a,b", "true", "12:30:45",
        "2001-01-01", "0o17", "\u0085", "\u2028", "\uFEFF", "\u0001", "\u007f", "a\r\nb", "=", "<<", "?", "? x", ":", "x:", "$(HOME)", "$$", ".5", "+1", "1_000",
    ];

    private readonly Random random;
    private readonly bool onlyAddsLines;

    /// <param name="seed">The same seed generates the same manifest.</param>
    /// <param name="onlyAddsLines">Whether to generate only manifests that can be injected by adding whole lines: nothing in flow style, nothing to replace.</param>
    public ManifestGenerator(int seed, bool onlyAddsLines = false)
    {
        random = new Random(seed);
        this.onlyAddsLines = onlyAddsLines;
    }

    /// <summary>The apiVersion of CronJobs.</summary>
    public string CronJobVersion { get; init; } = "batch/v1";

    /// <summary>A string that is easily written incorrectly.</summary>
    public string WildText() => string.Concat(Enumerable.Range(0, random.Next(1, 3)).Select(_ => Pick(Wild)));

    public GeneratedManifest Next()
    {
        var pods = Enumerable.Range(0, random.Next(1, 4)).Select(NextPod).ToList();
        var documents = pods.Select(Document).ToList();
        if (!onlyAddsLines && Chance(15))
            return new GeneratedManifest(Json(documents), pods);

        var texts = documents.Select(document => new StyledWriter(random, usesFlow: !onlyAddsLines && Chance(50)).Write(document)).ToList();
        if (Chance(30))
            texts.Insert(random.Next(texts.Count + 1), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata:\n  x: |+\n    kind: Pod\n\n\n");
        var text = (Chance(50) ? "---\n" : Chance(20) ? "# head\n---\n" : "") + string.Join(Pick("---\n", "---\n\n"), texts);

        // Removing the last line break of a block scalar would change its value.
        if (Chance(15) && !text.TrimEnd('\n').Split('\n')[^1].StartsWith("    ", StringComparison.Ordinal))
            text = text.TrimEnd('\n');
        if (Chance(20))
            text = text.Replace("\n", "\r\n", StringComparison.Ordinal);
        return new GeneratedManifest(Chance(10) ? "\uFEFF" + text : text, pods);
    }

    private string Json(List<JsonObject> documents)
    {
        JsonNode root = documents.Count == 1 ? documents[0] : new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. documents]) };
        var text = JsonSerializer.Serialize(root, new JsonSerializerOptions { WriteIndented = Chance(60), IndentSize = Pick(1, 2, 4), IndentCharacter = Pick(' ', '\t') });
        return Chance(50) ? text + "\n" : text;
    }

    private GeneratedPod NextPod(int index)
    {
        var databases = Enumerable.Range(0, random.Next(0, 3)).Select(i => new GeneratedDatabase($"db{i}", $"USER_{i}", Pick($"PASSWORD_{i}", $"N{i}"))).ToList();
        var containers = Enumerable.Range(0, random.Next(0, 2)).Select(i => NextContainer($"init{i}", isInit: true, databases))
            .Concat(Enumerable.Range(0, random.Next(1, 3)).Select(i => NextContainer($"app{i}", isInit: false, databases)));
        return new GeneratedPod(Pick("Pod", "Deployment", "CronJob"), $"p{index}", databases, [.. containers]);
    }

    private GeneratedContainer NextContainer(string name, bool isInit, List<GeneratedDatabase> databases)
    {
        var variables = Enumerable.Range(0, random.Next(0, 4)).Select(i => KeyValuePair.Create(Pick($"V{i}", $"ON_{i}"), Chance(15) ? null : WildText())).DistinctBy(pair => pair.Key).ToList();
        if (!onlyAddsLines && databases.Count > 0 && Chance(15))
            variables.Insert(random.Next(variables.Count + 1), KeyValuePair.Create(databases[0].UsernameVariable, Chance(30) ? null : (string?)WildText()));
        return new GeneratedContainer(name, isInit, variables);
    }

    private JsonObject Document(GeneratedPod pod)
    {
        var metadata = new JsonObject { ["labels"] = new JsonObject { ["vault-db-injector"] = "true" } };
        if (pod.Databases.Count > 0)
        {
            metadata["annotations"] = new JsonObject(pod.Databases.SelectMany(database => new[]
            {
                KeyValuePair.Create<string, JsonNode?>($"{Prefix}{database.Name}.role", "some-role"),
                KeyValuePair.Create<string, JsonNode?>($"{Prefix}{database.Name}.env-key-dbuser", database.UsernameVariable),
                KeyValuePair.Create<string, JsonNode?>($"{Prefix}{database.Name}.env-key-dbpassword", database.PasswordVariable),
            }).Append(KeyValuePair.Create<string, JsonNode?>("example.com/note", "line one\nline two\n")));
        }

        var spec = new JsonObject();
        foreach (var (key, isInit) in new[] { ("initContainers", true), ("containers", false) })
        {
            if (pod.Containers.Any(container => container.IsInit == isInit))
                spec[key] = new JsonArray([.. pod.Containers.Where(container => container.IsInit == isInit).Select(Container)]);
        }

        JsonObject Template() => new() { ["metadata"] = metadata, ["spec"] = spec };
        var selector = new JsonObject { ["matchLabels"] = new JsonObject { ["vault-db-injector"] = "true" } };
        var name = new JsonObject { ["name"] = pod.Name };
        switch (pod.Kind)
        {
            case "Deployment":
                return new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "Deployment", ["metadata"] = name, ["spec"] = new JsonObject { ["replicas"] = 1, ["selector"] = selector, ["template"] = Template() } };
            case "CronJob":
                spec["restartPolicy"] = "Never";
                return new JsonObject
                {
                    ["apiVersion"] = CronJobVersion,
                    ["kind"] = "CronJob",
                    ["metadata"] = name,
                    ["spec"] = new JsonObject { ["schedule"] = "*/5 * * * *", ["jobTemplate"] = new JsonObject { ["spec"] = new JsonObject { ["template"] = Template() } } },
                };
            default:
                metadata["name"] = pod.Name;
                return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = spec };
        }
    }

    private JsonObject Container(GeneratedContainer container)
    {
        var node = new JsonObject { ["name"] = container.Name };
        var parts = new List<KeyValuePair<string, JsonNode?>>
        {
            KeyValuePair.Create<string, JsonNode?>("image", "example/app:1.0"),
            KeyValuePair.Create<string, JsonNode?>("args", new JsonArray("sh", "-c", "echo start\nexec app\n")),
        };
        if (container.Variables.Count > 0)
            parts.Add(KeyValuePair.Create<string, JsonNode?>("env", new JsonArray([.. container.Variables.Select(Variable)])));
        else if (!onlyAddsLines && Chance(40))
            parts.Add(KeyValuePair.Create<string, JsonNode?>("env", Chance(50) ? null : new JsonArray()));

        // Users write these keys in any order.
        foreach (var (key, value) in parts.OrderBy(_ => random.Next()))
            node[key] = value;
        return node;
    }

    private static JsonObject Variable(KeyValuePair<string, string?> variable) => variable.Value is null
        ? new JsonObject { ["name"] = variable.Key, ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = "metadata.name" } } }
        : new JsonObject { ["name"] = variable.Key, ["value"] = variable.Value };

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
