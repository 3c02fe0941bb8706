using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>Reads the variables of a container from the JSON document of a pod.</summary>
internal static class PodContainerReader
{
    public static PodContainer Read(JsonElement container, bool isInit)
    {
        var variables = container.Get("env").Items().Where(variable => variable.Text("name") is not null).ToList();
        return new PodContainer(container.Text("name") ?? "", isInit, variables.Select(variable => variable.Text("name")!).ToArray())
        {
            IsSidecar = isInit && container.Text("restartPolicy") == "Always",
            VariableSources = [.. container.Get("envFrom").Items().Select(ReadSource).OfType<VariableSource>()],
            DependentVariables = DependentVariable.Of(variables.Select(variable => variable.Text("value"))),
            SecretReferences = [.. variables.Select(variable => variable.Get("valueFrom").Get("secretKeyRef").Text("name")).OfType<string>()],
            PlaceholderVariables = [.. variables.Where(variable => InjectorPlaceholder.IsIn(variable.Text("value"))).Select(variable => variable.Text("name")!)],
            VaultVariables = [.. variables
                .Where(variable => VaultVariable.IsReference(variable.Text("value")))
                .Select(variable => new VaultVariable(variable.Text("name")!, variable.Text("value")!))],
        };
    }

    private static VariableSource? ReadSource(JsonElement source)
    {
        var isSecret = source.Get("secretRef").Exists();
        var reference = source.Get(isSecret ? "secretRef" : "configMapRef");
        return !reference.Exists() ? null : new VariableSource(
            isSecret ? "Secret" : "ConfigMap", reference.Text("name") ?? "", source.Text("prefix") ?? "", reference.IsTrue("optional"));
    }
}
