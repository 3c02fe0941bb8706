namespace KubeInject.Injection;

/// <summary>How containers get their credentials.</summary>
public enum CredentialDelivery
{
    /// <summary>As values of their variables, as the in-cluster injector does it. They stand in the pod's spec.</summary>
    Value,

    /// <summary>From a Secret that their variables refer to (<c>secretKeyRef</c>), so that no password stands in the pod's spec.</summary>
    Secret,
}
