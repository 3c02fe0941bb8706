namespace KubeInject.Injection;

/// <summary>The options for delivering credentials in manifests.</summary>
public sealed record DeliveryOptions
{
    /// <summary>The default options: values.</summary>
    public static DeliveryOptions Default { get; } = new();

    /// <summary>The way in which containers get their credentials. Default: <see cref="CredentialDelivery.Value"/>.</summary>
    public CredentialDelivery Delivery { get; init; }

    /// <summary>
    /// Whether Secrets are written as manifests before the manifests of their pods. If false, they are created in the cluster
    /// before the manifest is written. Has no effect for values. Default: false.
    /// </summary>
    public bool SecretAsManifest { get; init; }
}
