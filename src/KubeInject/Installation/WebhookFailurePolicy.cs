namespace KubeInject.Installation;

/// <summary>What the API server does with pods that request credentials if the webhook does not answer.</summary>
public enum WebhookFailurePolicy
{
    /// <summary>It refuses them.</summary>
    Fail,

    /// <summary>It creates them without credentials.</summary>
    Ignore,
}
