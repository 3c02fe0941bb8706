namespace KubeInject.Credentials.KubeSecret;

/// <summary>Where the source <c>kube-secret</c> finds credentials.</summary>
public sealed record KubeSecretOptions
{
    /// <summary>Which Secret it is.</summary>
    public required SecretPattern Pattern { get; init; }

    /// <summary>The key of the username. Default: <c>username</c>, as Secrets of the type <c>kubernetes.io/basic-auth</c> have it.</summary>
    public string UsernameKey { get; init; } = "username";

    /// <summary>The key of the password. Default: <c>password</c>.</summary>
    public string PasswordKey { get; init; } = "password";

    /// <summary>The namespace of pods whose manifest names none. Default: <c>default</c>.</summary>
    public string DefaultNamespace { get; init; } = "default";
}
