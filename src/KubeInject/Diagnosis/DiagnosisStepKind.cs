namespace KubeInject.Diagnosis;

/// <summary>The steps on the way from a pod's annotations to its credentials, in the order in which they are taken.</summary>
public enum DiagnosisStepKind
{
    /// <summary>The pod asks for credentials, in words that make sense.</summary>
    Request,

    /// <summary>Somebody is there who acts on it: an injector's webhook whose selectors match the pod, or KubeInject.</summary>
    Actor,

    /// <summary>The API server can call the webhook: Service, endpoints, certificate.</summary>
    Webhook,

    /// <summary>The pod was created when label and webhook were there.</summary>
    Timing,

    /// <summary>The pod's ServiceAccount exists and has tokens.</summary>
    Identity,

    /// <summary>The source gives this pod credentials: mount, role, policy.</summary>
    Source,

    /// <summary>What has come of it: the pod carries its UUIDs, and their records are there.</summary>
    Outcome,
}
