namespace KubeInject.Kubernetes.Objects;

/// <summary>
/// The placeholder that the in-cluster injector sets in its NRI mode as the value of a variable, instead of a credential. Its
/// NRI plugin on the node replaces it when the container is created.
/// </summary>
internal static class InjectorPlaceholder
{
    /// <summary>Returns whether the value of a variable is or contains a placeholder.</summary>
    public static bool IsIn(string? value) => value?.Contains("__VDBI_PH_", StringComparison.Ordinal) == true;
}
