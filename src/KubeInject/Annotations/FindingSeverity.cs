namespace KubeInject.Annotations;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; nothing has to be done.</summary>
    Information,

    /// <summary>The injection goes on, but perhaps not as meant.</summary>
    Warning,

    /// <summary>The pod cannot be injected until this is mended.</summary>
    Error,
}
