namespace KubeInject.Kubernetes.Configuration;

/// <summary>Whether an exec plugin can prompt the user.</summary>
public enum ExecInteractiveMode
{
    /// <summary>The plugin has no standard input.</summary>
    Never,

    /// <summary>The plugin inherits the standard input if it is a terminal.</summary>
    IfAvailable,

    /// <summary>The plugin requires the standard input and does not run if it is not a terminal.</summary>
    Always,
}
