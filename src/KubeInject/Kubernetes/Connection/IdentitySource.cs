namespace KubeInject.Kubernetes.Connection;

/// <summary>Who says who the user of a connection is.</summary>
public enum IdentitySource
{
    /// <summary>Nobody.</summary>
    Unknown,

    /// <summary>The server, asked who asks.</summary>
    SelfSubjectReview,

    /// <summary>The server, asked whose the token is: it knows no SelfSubjectReview.</summary>
    TokenReview,

    /// <summary>The server, in the answer that this user may not ask it.</summary>
    Denial,

    /// <summary>The token itself, which nobody checked.</summary>
    TokenClaims,

    /// <summary>The client certificate.</summary>
    ClientCertificate,

    /// <summary>The settings: the name for HTTP basic authentication.</summary>
    Username,

    /// <summary>The settings: the user in whose place requests are made.</summary>
    Impersonation,
}
