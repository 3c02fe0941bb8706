namespace KubeInject.Diagnosis;

/// <summary>The result of one step of a diagnosis.</summary>
public enum DiagnosisStatus
{
    /// <summary>The step works.</summary>
    Passed,

    /// <summary>The step works, but something should be fixed.</summary>
    Warning,

    /// <summary>The step could not be checked, because a permission is missing or a server did not answer.</summary>
    Unknown,

    /// <summary>The step fails, so the pod gets no credentials.</summary>
    Failed,
}
