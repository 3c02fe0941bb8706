namespace KubeInject.IntegrationTests;

/// <summary>A test of a <see cref="ControllerManagerCluster"/>. It is skipped if the rig's Kubernetes has no kube-controller-manager.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ControllerManagerFactAttribute : FactAttribute
{
    public ControllerManagerFactAttribute() => Skip = ControllerManagerCluster.ReasonToSkip;
}
