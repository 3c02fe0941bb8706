using System.Collections;
using System.Management.Automation;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>
/// Reads and creates objects of the official Kubernetes client, such as <c>k8s.Models.V1Pod</c>. They are converted through
/// JSON with the assembly of their own type, because another module can load another version of the client.
/// </summary>
internal static class ClientObject
{
    private const string Contract = "k8s.IKubernetesObject";

    /// <summary>Converts an input object of the official client to a pod or manifest, and a list to its objects. Returns any other object unchanged.</summary>
    public static IEnumerable<object> Unwrap(object input)
    {
        var value = input is PSObject wrapped ? wrapped.BaseObject : input;
        if (!IsClientObject(value.GetType()))
            return [input];
        return Value(value, "Items") is IEnumerable items ? items.Cast<object>().SelectMany(Unwrap) : [Read(value)];
    }

    /// <summary>Whether a type is a Kubernetes object of the official client.</summary>
    public static bool IsClientObject(Type type) => ContractOf(type) is not null;

    /// <summary>Returns the reference of an object, for example <c>shop/deployment/orders</c>; null if it is not an object of the official client.</summary>
    public static string? NameOf(object value)
    {
        if (!IsClientObject(value.GetType()) || Value(value, "Metadata") is not { } metadata)
            return null;
        return new ObjectReference(Text(value, "Kind") ?? Constant(value, "KubeKind") ?? "", Text(metadata, "NamespaceProperty"), Text(metadata, "Name") ?? "").ToString();
    }

    /// <summary>Returns the JSON document of an object. Adds apiVersion and kind, which the objects of a list do not have.</summary>
    public static string ToJson(object value)
    {
        var serialize = Converter(value.GetType()).GetMethod("Serialize", [typeof(object), typeof(JsonSerializerOptions)])!;
        var document = JsonNode.Parse((string)serialize.Invoke(null, [value, null])!)!.AsObject();
        var complete = new JsonObject
        {
            ["apiVersion"] = Text(value, "ApiVersion") ?? ApiVersion(value),
            ["kind"] = Text(value, "Kind") ?? Constant(value, "KubeKind"),
        };
        foreach (var (name, member) in document.Where(member => member.Key is not ("apiVersion" or "kind")).ToArray())
            complete[name] = member?.DeepClone();
        return complete.ToJsonString();
    }

    /// <summary>Creates an object of a type of the official client.</summary>
    /// <param name="json">The JSON document of the object.</param>
    /// <param name="type">The type of the client, for example <c>k8s.Models.V1Pod</c>.</param>
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

    /// <summary>The JSON serializer of the client. It is in the assembly of the interface, which can differ from the assembly of a custom type.</summary>
    private static Type Converter(Type type) => (ContractOf(type) ?? type).Assembly.GetType("k8s.KubernetesJson", throwOnError: true)!;

    private static string? Text(object value, string property) => Value(value, property) as string;

    private static object? Value(object value, string property) => value.GetType().GetProperty(property)?.GetValue(value);

    private static string? Constant(object value, string name) =>
        value.GetType().GetField(name, BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string;
}
