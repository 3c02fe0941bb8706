namespace KubeInject.Diagnosis;

/// <summary>The steps from a pod's annotations to its credentials, in the order in which they happen.</summary>
public enum DiagnosisStepKind
{
    /// <summary>The pod requests credentials with valid annotations.</summary>
    Request,

    /// <summary>An injector acts on the request: its webhook is installed, and the selectors match the pod.</summary>
    Actor,

    /// <summary>The API server can call the webhook: Service, endpoints, certificate.</summary>
    Webhook,

    /// <summary>The pod was created after the label and the webhook.</summary>
    Timing,

    /// <summary>The pod's ServiceAccount exists and has tokens.</summary>
    Identity,

    /// <summary>The source issues the credentials to the pod: mount, role, policy.</summary>
    Source,

    /// <summary>The result: the pod is injected, and its leases are recorded.</summary>
    Outcome,
}
