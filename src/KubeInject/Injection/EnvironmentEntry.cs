using System.Text.Json.Nodes;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection;

/// <summary>An item of a container's <c>env</c>.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Key"><c>value</c> or <c>valueFrom</c>.</param>
/// <param name="Content">The content of that key.</param>
internal sealed record EnvironmentEntry(string Name, string Key, JsonNode Content)
{
    private const string ValueKey = "value";
    private const string SourceKey = "valueFrom";

    /// <summary>Creates a variable with its value.</summary>
    /// <exception cref="FormatException">The credential contains a character that an environment variable cannot contain.</exception>
    public static EnvironmentEntry Of(PlannedVariable variable, Credential credential) =>
        new(variable.Name, ValueKey, EnvironmentValue.For(variable, credential));

    /// <summary>Creates a variable that gets its value from a Secret.</summary>
    public static EnvironmentEntry Of(PlannedVariable variable, ObjectReference secret) => new(variable.Name, SourceKey, new JsonObject
    {
        ["secretKeyRef"] = new JsonObject { ["name"] = secret.Name, ["key"] = DeliverySecret.KeyOf(variable) },
    });

    /// <summary>Creates a variable with an empty value, for a dry run of the edit.</summary>
    public static EnvironmentEntry Empty(PlannedVariable variable) => new(variable.Name, ValueKey, "");
}
