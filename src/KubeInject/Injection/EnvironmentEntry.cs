using System.Text.Json.Nodes;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection;

/// <summary>What is to stand in a container's <c>env</c> for one variable.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Key"><c>value</c> or <c>valueFrom</c>.</param>
/// <param name="Content">What stands behind that key.</param>
internal sealed record EnvironmentEntry(string Name, string Key, JsonNode Content)
{
    private const string ValueKey = "value";
    private const string SourceKey = "valueFrom";

    /// <summary>A variable with its value in the spec.</summary>
    /// <exception cref="FormatException">The credential holds a character that no environment variable can.</exception>
    public static EnvironmentEntry Of(PlannedVariable variable, Credential credential) =>
        new(variable.Name, ValueKey, EnvironmentValue.For(variable, credential));

    /// <summary>A variable that gets its value from a Secret.</summary>
    public static EnvironmentEntry Of(PlannedVariable variable, ObjectReference secret) => new(variable.Name, SourceKey, new JsonObject
    {
        ["secretKeyRef"] = new JsonObject { ["name"] = secret.Name, ["key"] = DeliverySecret.KeyOf(variable) },
    });

    /// <summary>A variable without its value, to try out whether it has a place: that does not depend on the value.</summary>
    public static EnvironmentEntry Empty(PlannedVariable variable) => new(variable.Name, ValueKey, "");
}
