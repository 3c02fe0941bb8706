namespace KubeInject.Kubernetes.Configuration;

/// <summary>Whether an exec plugin may ask the user something.</summary>
public enum ExecInteractiveMode
{
    /// <summary>The plugin gets no standard input.</summary>
    Never,

    /// <summary>The plugin gets the standard input where that is a terminal.</summary>
    IfAvailable,

    /// <summary>The plugin needs the standard input, and is not run where that is no terminal.</summary>
    Always,
}
