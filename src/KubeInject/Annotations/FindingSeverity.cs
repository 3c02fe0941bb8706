namespace KubeInject.Annotations;

/// <summary>The severity of a finding.</summary>
public enum FindingSeverity
{
    /// <summary>A note. The user does not have to do anything.</summary>
    Information,

    /// <summary>The pod can be injected, but the result might not be as expected.</summary>
    Warning,

    /// <summary>The pod cannot be injected until the problem is fixed.</summary>
    Error,
}
