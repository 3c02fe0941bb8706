namespace KubeInject.Kubernetes.Connection;

/// <summary>The source of the identity of a user.</summary>
public enum IdentitySource
{
    /// <summary>The user is unknown.</summary>
    Unknown,

    /// <summary>A SelfSubjectReview by the server.</summary>
    SelfSubjectReview,

    /// <summary>A TokenReview by the server, which does not support SelfSubjectReview.</summary>
    TokenReview,

    /// <summary>A Forbidden error of the server, which names the user.</summary>
    Denial,

    /// <summary>The claims of the token, which are not verified.</summary>
    TokenClaims,

    /// <summary>The client certificate.</summary>
    ClientCertificate,

    /// <summary>The username for HTTP basic authentication.</summary>
    Username,

    /// <summary>The impersonated user of the settings.</summary>
    Impersonation,
}
