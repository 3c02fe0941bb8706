namespace KubeInject.Injection;

/// <summary>How manifests get their credentials.</summary>
public sealed record DeliveryOptions
{
    /// <summary>As values.</summary>
    public static DeliveryOptions Default { get; } = new();

    /// <summary>Values, or Secrets. Default: <see cref="CredentialDelivery.Value"/>.</summary>
    public CredentialDelivery Delivery { get; init; }

    /// <summary>
    /// Whether Secrets are given out as manifests in front of those of their pods; otherwise they are created in the
    /// cluster before the manifest is given out. Of no meaning for values. Default: false.
    /// </summary>
    public bool SecretAsManifest { get; init; }
}
