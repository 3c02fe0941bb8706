using System.Text;
using System.Text.Json;
using KubeInject.Credentials;
using KubeInject.Injection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Testing;

namespace KubeInject.IntegrationTests.Injection;

/// <summary>The environment that kubectl reads from injected manifests is the intended one.</summary>
public sealed class DifferentialTests
{
    private const int Batches = 20;
    private const int ManifestsPerBatch = 100;

    public static TheoryData<int> BatchNumbers => [.. Enumerable.Range(0, Batches)];

    [Theory]
    [MemberData(nameof(BatchNumbers))]
    public async Task Kubectl_reads_the_intended_values(int batch)
    {
        using var folder = new TemporaryFolder();
        var cronJobs = await TestCluster.DiscoverAsync(KubeResource.CronJobs);
        var expected = new List<(GeneratedPod Pod, string Secret)>();
        for (var i = 0; i < ManifestsPerBatch; i++)
        {
            var seed = (batch * ManifestsPerBatch) + i;
            var generator = new ManifestGenerator(seed) { CronJobVersion = cronJobs.ApiVersion };
            var manifest = generator.Next();
            var secret = generator.WildText();
            File.WriteAllBytes(folder.File($"{i:d4}.{(manifest.Text.TrimStart().StartsWith('{') ? "json" : "yaml")}"), ManifestText.Encode(await InjectAsync(manifest.Text, secret)));
            expected.AddRange(manifest.Pods.Select(pod => (pod, secret)));
        }

        var read = Objects(await Command.KubectlAsync("create", "--dry-run=client", "--validate=false", "-o", "json", "-f", folder.Path))
            .Where(item => item.GetProperty("kind").GetString() != "ConfigMap").ToList();

        Assert.Equal(expected.Count, read.Count);
        Assert.All(expected.Zip(read), pair => Compare(pair.First.Pod, pair.First.Secret, pair.Second));
    }

    private static async Task<string> InjectAsync(string text, string secret)
    {
        var injected = "";
        var source = new CredentialSource(new RecordingIssuer(request => new Credential($"{request.Database}:{secret}", new SensitiveString(secret), "lease")), new MemoryLeaseStore());
        var result = await new ManifestInjector(source).InjectAsync(
            ManifestSource.FromText(text),
            ManifestOutput.ToStream((content, _) =>
            {
                injected = content;
                return Task.CompletedTask;
            }),
            CancellationToken.None);
        Assert.False(result.HasFailed, result.Error ?? string.Join(" ", result.Pods.Select(pod => pod.FailureText)));
        return injected;
    }

    private static void Compare(GeneratedPod pod, string secret, JsonElement read)
    {
        var template = pod.Kind switch
        {
            "Pod" => read,
            "CronJob" => read.GetProperty("spec").GetProperty("jobTemplate").GetProperty("spec").GetProperty("template"),
            _ => read.GetProperty("spec").GetProperty("template"),
        };
        var spec = template.GetProperty("spec");
        var containers = new[] { "initContainers", "containers" }.SelectMany(key => spec.TryGetProperty(key, out var list) ? list.EnumerateArray() : []).ToList();

        Assert.Equal(pod.Name, read.GetProperty("metadata").GetProperty("name").GetString());
        Assert.Equal(pod.Containers.Select(container => container.Name), containers.Select(container => container.GetProperty("name").GetString()));
        Assert.All(pod.Containers.Zip(containers), pair =>
        {
            var meant = Expected(pod, pair.First, secret).ToList();
            var variables = pair.Second.TryGetProperty("env", out var env) && env.ValueKind == JsonValueKind.Array
                ? env.EnumerateArray().Select(Variable).ToList()
                : [];
            var injected = Expected(pod, pair.First with { Variables = [] }, secret).Select(expected => expected.Key).ToHashSet();

            // The value as the kubelet passes it to the container.
            Assert.Equal(meant, variables.Select(variable => injected.Contains(variable.Key) ? KeyValuePair.Create(variable.Key, Expand(variable.Value)) : variable));
        });

        // Nothing else changed: the arguments are those of the generator.
        Assert.All(containers, container => Assert.Equal(["sh", "-c", "echo start\nexec app\n"], container.GetProperty("args").EnumerateArray().Select(item => item.GetString()!)));
    }

    private static IEnumerable<KeyValuePair<string, string?>> Expected(GeneratedPod pod, GeneratedContainer container, string secret)
    {
        var injected = pod.Databases.SelectMany(database => new[]
        {
            KeyValuePair.Create(database.UsernameVariable, (string?)$"{database.Name}:{secret}"),
            KeyValuePair.Create(database.PasswordVariable, (string?)secret),
        }).ToList();
        foreach (var (name, value) in container.Variables)
            yield return KeyValuePair.Create(name, injected.Exists(pair => pair.Key == name) ? injected.Find(pair => pair.Key == name).Value : value);
        foreach (var pair in injected.Where(pair => container.Variables.All(variable => variable.Key != pair.Key)))
            yield return pair;
    }

    private static KeyValuePair<string, string?> Variable(JsonElement variable)
    {
        var name = variable.GetProperty("name").GetString()!;
        return variable.TryGetProperty("valueFrom", out _)
            ? KeyValuePair.Create(name, (string?)null)
            : KeyValuePair.Create(name, (string?)variable.GetProperty("value").GetString());
    }

    // How the kubelet expands a value if no variable of that name was declared before: $$ becomes $, and the rest is unchanged.
    private static string? Expand(string? value)
    {
        var expanded = new StringBuilder();
        for (var i = 0; i < value?.Length; i++)
        {
            expanded.Append(value[i]);
            if (value[i] == '$' && i + 1 < value.Length && value[i + 1] == '$')
                i++;
            else
                Assert.False(value[i] == '$' && i + 1 < value.Length && value[i + 1] == '(', "A value with a reference that the kubelet would expand.");
        }

        return value is null ? null : expanded.ToString();
    }

    private static IEnumerable<JsonElement> Objects(string output)
    {
        var utf8 = Encoding.UTF8.GetBytes(output);
        var objects = new List<JsonElement>();
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
            objects.Add(JsonElement.ParseValue(ref reader));
        return objects.SelectMany(item => item.GetProperty("kind").GetString() == "List" ? item.GetProperty("items").EnumerateArray().ToArray() : [item]);
    }
}
