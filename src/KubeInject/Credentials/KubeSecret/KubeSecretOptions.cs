namespace KubeInject.Credentials.KubeSecret;

/// <summary>Options for the source <c>kube-secret</c>.</summary>
internal sealed record KubeSecretOptions
{
    /// <summary>The pattern for the name of the Secret of a database.</summary>
    public required SecretPattern Pattern { get; init; }

    /// <summary>The key of the username. Default: <c>username</c>, as in Secrets of the type <c>kubernetes.io/basic-auth</c>.</summary>
    public string UsernameKey { get; init; } = "username";

    /// <summary>The key of the password. Default: <c>password</c>.</summary>
    public string PasswordKey { get; init; } = "password";

    /// <summary>The namespace of pods whose manifest specifies none. Default: <c>default</c>.</summary>
    public string DefaultNamespace { get; init; } = "default";
}
