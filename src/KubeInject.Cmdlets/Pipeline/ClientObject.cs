using System.Collections;
using System.Management.Automation;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>
/// Objects of the official client's types, such as <c>k8s.Models.V1Pod</c>. They are read and made by way of their JSON, by
/// their own assembly: another module may have loaded another version of it.
/// </summary>
internal static class ClientObject
{
    private const string Contract = "k8s.IKubernetesObject";

    /// <summary>What cmdlets read in place of an input object: pods and manifests for those of the official client, and the objects of its lists one by one.</summary>
    public static IEnumerable<object> Unwrap(object input)
    {
        var value = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (!Is(value.GetType()))
            return [input];
        return Value(value, "Items") is IEnumerable items ? items.Cast<object>().SelectMany(Unwrap) : [Read(value)];
    }

    /// <summary>Whether a type is one of the official client's objects.</summary>
    public static bool Is(Type type) => ContractOf(type) is not null;

    /// <summary>The name by which kubectl and these cmdlets know an object: <c>shop/deployment/orders</c>; null where it is none of the official client's.</summary>
    public static string? NameOf(object value)
    {
        if (!Is(value.GetType()) || Value(value, "Metadata") is not { } metadata)
            return null;
        return new ObjectReference(Text(value, "Kind") ?? Constant(value, "KubeKind") ?? "", Text(metadata, "NamespaceProperty"), Text(metadata, "Name") ?? "").ToString();
    }

    /// <summary>The JSON document of an object, with the version and kind that the objects of a list leave out.</summary>
    public static string ToJson(object value)
    {
        var serialize = Converter(value.GetType()).GetMethod("Serialize", [typeof(object), typeof(JsonSerializerOptions)])!;
        var document = JsonNode.Parse((string)serialize.Invoke(null, [value, null])!)!.AsObject();
        var whole = new JsonObject
        {
            ["apiVersion"] = Text(value, "ApiVersion") ?? ApiVersion(value),
            ["kind"] = Text(value, "Kind") ?? Constant(value, "KubeKind"),
        };
        foreach (var (name, member) in document.Where(member => member.Key is not ("apiVersion" or "kind")).ToArray())
            whole[name] = member?.DeepClone();
        return whole.ToJsonString();
    }

    /// <summary>Makes an object of one of the official client's types.</summary>
    /// <param name="json">The document.</param>
    /// <param name="type">The type.</param>
    public static object FromJson(string json, Type type) => Converter(type).GetMethods()
        .Single(method => method.Name == "Deserialize" && method.GetParameters() is [{ ParameterType: var first }, _] && first == typeof(string))
        .MakeGenericMethod(type)
        .Invoke(null, [json, null])!;

    private static object Read(object value)
    {
        var json = ToJson(value);
        return (Text(value, "Kind") ?? Constant(value, "KubeKind")) == "Pod" ? Pod.Parse(json) : ManifestSource.FromText(json);
    }

    private static string? ApiVersion(object value) =>
        Constant(value, "KubeGroup") is { Length: > 0 } group ? $"{group}/{Constant(value, "KubeApiVersion")}" : Constant(value, "KubeApiVersion");

    private static Type? ContractOf(Type type) => type.GetInterfaces().FirstOrDefault(contract => contract.FullName == Contract);

    /// <summary>What the client reads and writes its objects with. It is where the contract is, also for a type that somebody else has written.</summary>
    private static Type Converter(Type type) => (ContractOf(type) ?? type).Assembly.GetType("k8s.KubernetesJson", throwOnError: true)!;

    private static string? Text(object value, string property) => Value(value, property) as string;

    private static object? Value(object value, string property) => value.GetType().GetProperty(property)?.GetValue(value);

    private static string? Constant(object value, string name) =>
        value.GetType().GetField(name, BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string;
}
