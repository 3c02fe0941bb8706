namespace KubeInject.Kubernetes.Configuration;

/// <summary>The environment of a connection: variables, folders, terminal and clock. Tests can replace it.</summary>
public sealed record KubeEnvironment
{
    /// <summary>The environment of this process.</summary>
    public static KubeEnvironment Process { get; } = new();

    /// <summary>Gets an environment variable; null if it is not set. Default: the variables of this process.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The folder that contains <c>.kube/config</c>. Default: the home folder of the user.</summary>
    public string HomeFolder { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>The base folder of relative paths in <c>KUBECONFIG</c>; null for the current folder of this process (default).</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>
    /// The folder with the files <c>token</c>, <c>ca.crt</c> and <c>namespace</c> of the ServiceAccount.
    /// Default: <c>/var/run/secrets/kubernetes.io/serviceaccount</c>.
    /// </summary>
    public string ServiceAccountFolder { get; init; } = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Returns whether the standard input is a terminal on which a user can be prompted. Default: false.</summary>
    public Func<bool> HasTerminal { get; init; } = () => false;

    /// <summary>The clock for the expiration of exec plugin credentials. Default: the system clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal string FullPath(string path) => Path.GetFullPath(path, WorkingFolder ?? Directory.GetCurrentDirectory());

    /// <summary>Replaces <c>~/</c> at the start of a path with the home folder, as a shell does outside of quotation marks.</summary>
    internal string ExpandHome(string path) =>
        path.Length >= 2 && path[0] == '~' && (path[1] == '/' || path[1] == Path.DirectorySeparatorChar) ? Path.Combine(HomeFolder, path[2..]) : path;
}
