using System.Text;
using System.Text.Json.Nodes;
using KubeInject.Admission;
using KubeInject.Annotations;
using KubeInject.Testing;

namespace KubeInject.Tests.Admission;

/// <summary>Admits pods with UUIDs that are easy to read: 1, 2, ….</summary>
internal sealed class AdmissionFixture
{
    public const string Namespace = "shop";
    public const string Uid = "705ab4f5-6393-11e8-b7cc-42010a800002";

    private int count;

    public PodAdmission Admission => field ??= new PodAdmission(InjectionOptions.Default, () => Uuid(++count));

    /// <summary>The UUID with a number.</summary>
    public static Guid Uuid(int number) => new(number, 0, 0, new byte[8]);

    /// <summary>A pod as a ReplicaSet creates it, with annotations without their prefix.</summary>
    public static JsonObject Pod(params (string Key, string Value)[] annotations) => new()
    {
        ["kind"] = "Pod",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject
        {
            ["generateName"] = "orders-",
            ["creationTimestamp"] = null,
            ["labels"] = new JsonObject { ["vault-db-injector"] = "true" },
            ["annotations"] = new JsonObject(annotations.Select(pair => KeyValuePair.Create<string, JsonNode?>(InjectionAnnotation.Prefix + pair.Key, pair.Value))),
        },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(Container("app")) },
        ["status"] = new JsonObject(),
    };

    public static JsonObject Container(string name, params JsonNode[] env)
    {
        var container = new JsonObject { ["name"] = name, ["image"] = "app:1", ["resources"] = new JsonObject() };
        if (env.Length > 0)
            container["env"] = new JsonArray(env);
        return container;
    }

    public static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };

    public static JsonObject FromSecret(string name, string secret, string key) =>
        new() { ["name"] = name, ["valueFrom"] = new JsonObject { ["secretKeyRef"] = new JsonObject { ["name"] = secret, ["key"] = key } } };

    public static JsonObject Review(JsonNode? pod) => new()
    {
        ["kind"] = "AdmissionReview",
        ["apiVersion"] = "admission.k8s.io/v1",
        ["request"] = new JsonObject
        {
            ["uid"] = Uid,
            ["kind"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" },
            ["resource"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" },
            ["requestKind"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" },
            ["requestResource"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" },
            ["namespace"] = Namespace,
            ["operation"] = "CREATE",
            ["userInfo"] = new JsonObject { ["username"] = "system:serviceaccount:kube-system:replicaset-controller" },
            ["object"] = pod?.DeepClone(),
            ["oldObject"] = null,
            ["dryRun"] = false,
            ["options"] = new JsonObject { ["kind"] = "CreateOptions", ["apiVersion"] = "meta.k8s.io/v1" },
        },
    };

    public Answer Admit(JsonObject pod) => Send(Review(pod));

    public Answer Send(JsonObject review) => Answer.Of(Admission.Review(Encoding.UTF8.GetBytes(review.ToJsonString())), review["request"]?["object"] as JsonObject);
}

/// <summary>The response to a request.</summary>
/// <param name="Result">The result.</param>
/// <param name="Response">The field <c>response</c>.</param>
/// <param name="Pod">The pod after the patch.</param>
internal sealed record Answer(AdmissionResult Result, JsonObject Response, JsonObject Pod)
{
    public bool IsAllowed => Response["allowed"]!.GetValue<bool>();

    public string Message => Response["status"]!["message"]!.GetValue<string>();

    public string? Uuids => Pod["metadata"]?["annotations"]?[InjectionAnnotation.Uuid]?.GetValue<string>();

    public IReadOnlyList<string> Warnings => (Response["warnings"] as JsonArray)?.Select(warning => warning!.GetValue<string>()).ToList() ?? [];

    public JsonArray? Patch => Response["patch"] is { } patch ? (JsonArray)JsonNode.Parse(Convert.FromBase64String(patch.GetValue<string>()))! : null;

    public static Answer Of(AdmissionResponse response, JsonObject? pod)
    {
        Assert.NotEqual(AdmissionResult.Invalid, response.Result);
        var review = JsonNode.Parse(response.Body.Span)!;
        Assert.Equal("admission.k8s.io/v1", review["apiVersion"]!.GetValue<string>());
        Assert.Equal("AdmissionReview", review["kind"]!.GetValue<string>());
        var answer = new Answer(response.Result, (JsonObject)review["response"]!, pod ?? []);
        Assert.Equal(AdmissionFixture.Uid, answer.Response["uid"]!.GetValue<string>());
        return answer.Patch is { } patch ? answer with { Pod = JsonPatchApplier.Apply(answer.Pod, patch) } : answer;
    }

    /// <summary>The variables of a container: its name, its value or the reference to a Secret, and nothing else.</summary>
    public IReadOnlyList<string> Variables(string container) => VariablesOf(Pod, container);

    public static IReadOnlyList<string> VariablesOf(JsonObject pod, string container) =>
    [
        .. new[] { "initContainers", "containers" }
            .SelectMany(list => pod["spec"]![list] as JsonArray ?? [])
            .OfType<JsonObject>()
            .Single(found => found["name"]!.GetValue<string>() == container)["env"] is JsonArray env ? env.Select(Describe) : [],
    ];

    private static string Describe(JsonNode? item)
    {
        var variable = (JsonObject)item!;
        var fields = variable.Select(field => field.Key).Except(["name"]).ToList();
        var reference = variable["valueFrom"]?["secretKeyRef"];
        return $"{variable["name"]}={(fields is not ["valueFrom"] || reference is null ? $"{variable["value"]}{variable["valueFrom"]?.ToJsonString()}" : $"{reference["name"]}/{reference["key"]}")}";
    }
}
