namespace KubeInject.Injection;

/// <summary>The way in which containers get their credentials.</summary>
public enum CredentialDelivery
{
    /// <summary>As values of variables in the pod's spec, like the in-cluster injector.</summary>
    Value,

    /// <summary>From a Secret that the variables refer to (<c>secretKeyRef</c>), so that the pod's spec contains no password.</summary>
    Secret,
}
