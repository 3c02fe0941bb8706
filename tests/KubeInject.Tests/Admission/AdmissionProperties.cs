using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using KubeInject.Admission;
using KubeInject.Annotations;
using KubeInject.Injection;
using KubeInject.Testing;
using KubeInject.Tests.Injection;
using static KubeInject.Tests.Admission.AdmissionFixture;

namespace KubeInject.Tests.Admission;

/// <summary>The admission of random pods.</summary>
public sealed class AdmissionProperties
{
    private static readonly DeliveryOptions AsManifest = new() { Delivery = CredentialDelivery.Secret, SecretAsManifest = true };

    [Fact]
    public void An_admitted_pod_is_equal_to_the_pod_that_is_injected_as_a_manifest()
    {
        var counter = new CaseCounter();
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var pod = RandomPod(seed);

            var answer = new AdmissionFixture().Admit(pod);
            var (text, result) = new InjectionFixture(delivery: AsManifest).RunAsync(pod.ToJsonString()).GetAwaiter().GetResult();

            counter.Count($"{answer.Result}");
            var expected = result.Pods[0].Status == InjectionStatus.Injected ? WithoutUuids(text[text.IndexOf("{\"kind\":\"Pod\"", StringComparison.Ordinal)..]) : Canonical(pod);
            Assert.Equal(result.Pods[0].Status == InjectionStatus.Failed, answer.Result == AdmissionResult.Refused);
            Assert.Equal(expected, WithoutUuids(answer.Pod.ToJsonString()));
        }).CheckSeeded(500);
        counter.Require(20, "Patched", "Refused", "Unchanged");
    }

    [Fact]
    public void A_second_admission_changes_nothing_but_UUIDs()
    {
        var counter = new CaseCounter();
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var fixture = new AdmissionFixture();
            var first = fixture.Admit(RandomPod(seed));
            if (first.Result != AdmissionResult.Patched)
                return;

            var second = fixture.Admit(first.Pod);

            counter.Count("Patched");
            Assert.Equal(WithoutUuids(first.Pod.ToJsonString()), WithoutUuids(second.Pod.ToJsonString()));
            Assert.Empty(first.Uuids!.Split(',').Intersect(second.Uuids!.Split(',')));
            Assert.Equal(first.Uuids.Split(',').Length, second.Uuids.Split(',').Length);
        }).CheckSeeded(300);
        counter.Require(20, "Patched");
    }

    [Fact]
    public void No_variable_is_added_twice()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var pod = RandomPod(seed);
            var answer = new AdmissionFixture().Admit(pod);

            foreach (var container in Containers(answer.Pod))
            {
                var names = answer.Variables(container).Select(variable => variable.Split('=')[0]).ToList();
                var before = Answer.VariablesOf(pod, container).Select(variable => variable.Split('=')[0]).ToList();
                Assert.Equal(names.Distinct().Count() + before.Count - before.Distinct().Count(), names.Count);
            }
        }).CheckSeeded(300);
    }

    private static IEnumerable<string> Containers(JsonObject pod) =>
        new[] { "initContainers", "containers" }.SelectMany(list => pod["spec"]![list] as JsonArray ?? []).Select(container => container!["name"]!.GetValue<string>());

    // The names of the Secrets and the UUIDs are random in one of the two ways.
    private static string WithoutUuids(string pod)
    {
        var json = (JsonObject)JsonNode.Parse(pod)!;
        if (json["metadata"]!["annotations"]?.AsObject() is { } annotations && annotations.ContainsKey(InjectionAnnotation.Uuid))
            annotations[InjectionAnnotation.Uuid] = "UUIDS";
        foreach (var variable in new[] { "initContainers", "containers" }.SelectMany(list => json["spec"]![list] as JsonArray ?? []).SelectMany(container => container!["env"] as JsonArray ?? []))
        {
            if (variable!["valueFrom"]?["secretKeyRef"] is { } reference && reference["key"]!.GetValue<string>().StartsWith("db", StringComparison.Ordinal))
                reference["name"] = "SECRET";
        }

        return Canonical(json);
    }

    // The two ways insert new fields at different positions of an object.
    private static string Canonical(JsonNode node) => Sorted(node)!.ToJsonString();

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject mapping => new JsonObject(mapping.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, Sorted(field.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static JsonObject RandomPod(int seed)
    {
        var random = new Random(seed);
        var annotations = new List<(string, string)>();
        for (var i = random.Next(4); i > 0; i--)
            annotations.AddRange(RandomDatabase(random, i));
        if (random.Next(5) == 0)
            annotations.Add(("cluster", "databases/eu"));
        var pod = Pod([.. annotations]);
        var spec = (JsonObject)pod["spec"]!;
        spec["initContainers"] = random.Next(3) == 0 ? null : new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(i => RandomContainer(random, $"init{i}"))]);
        spec["containers"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(i => RandomContainer(random, $"app{i}"))]);
        spec["note"] = "é😀\"\\\u2028";
        return pod;
    }

    private static IEnumerable<(string, string)> RandomDatabase(Random random, int index)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"db-{index}");
        if (random.Next(12) > 0)
            yield return ($"{name}.role", "rw");
        if (random.Next(3) == 0)
        {
            yield return ($"{name}.mode", "uri");
            yield return ($"{name}.env-key-uri", $"URI_{index},URL_{index}");
            yield return ($"{name}.template", random.Next(12) == 0 ? "postgres://$(V0)/x" : "postgres://db/x");
            yield break;
        }

        yield return ($"{name}.env-key-dbuser", $"USER_{index}");
        yield return ($"{name}.env-key-dbpassword", $"PASSWORD_{index}");
    }

    private static JsonObject RandomContainer(Random random, string name)
    {
        var container = Container(name);
        if (random.Next(4) > 0)
            container["env"] = random.Next(6) == 0 ? null : new JsonArray([.. Enumerable.Range(0, random.Next(5)).Select(_ => RandomVariable(random))]);
        return container;
    }

    private static JsonObject RandomVariable(Random random)
    {
        var names = new[] { "V0", "V1", "USER_1", "PASSWORD_1", "USER_2", "URI_1", "OTHER/~0~1" };
        var name = names[random.Next(names.Length)];
        return random.Next(5) switch
        {
            0 => new JsonObject { ["name"] = name },
            1 => FromSecret(name, "other", "key"),
            2 => Variable(name, $"$({names[random.Next(names.Length)]}) and $(PASSWORD_2)"),
            3 => new JsonObject { ["name"] = name, ["value"] = "", ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = "metadata.name" } } },
            _ => Variable(name, "\u001b[0m~/"),
        };
    }
}
