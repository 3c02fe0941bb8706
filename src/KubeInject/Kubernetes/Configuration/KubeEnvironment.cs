namespace KubeInject.Kubernetes.Configuration;

/// <summary>What the process around a connection provides: variables, folders. Tests put their own in its place.</summary>
public sealed record KubeEnvironment
{
    /// <summary>The environment of this process.</summary>
    public static KubeEnvironment Process { get; } = new();

    /// <summary>Reads an environment variable; null where it is not set. Default: those of the process.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The folder that holds <c>.kube/config</c>. Default: the user's home.</summary>
    public string HomeFolder { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>What relative paths in <c>KUBECONFIG</c> are relative to; null for the process's own folder (default).</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>
    /// Where a pod finds the <c>token</c>, <c>ca.crt</c> and <c>namespace</c> of its ServiceAccount.
    /// Default: <c>/var/run/secrets/kubernetes.io/serviceaccount</c>.
    /// </summary>
    public string ServiceAccountFolder { get; init; } = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Whether a user can be asked something on the standard input. Default: nobody can, unless a face that has a terminal says so.</summary>
    public Func<bool> HasTerminal { get; init; } = () => false;

    /// <summary>The clock by which the credentials of exec plugins expire. Default: that of the system.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal string FullPath(string path) => Path.GetFullPath(path, WorkingFolder ?? Directory.GetCurrentDirectory());
}
