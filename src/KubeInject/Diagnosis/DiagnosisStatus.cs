namespace KubeInject.Diagnosis;

/// <summary>Whether a link of the chain from a pod's annotations to its credentials holds.</summary>
public enum DiagnosisStatus
{
    /// <summary>It holds.</summary>
    Passed,

    /// <summary>It holds for now; something about it should be mended.</summary>
    Warning,

    /// <summary>Whether it holds could not be found out, for want of a right or of an answer.</summary>
    Unknown,

    /// <summary>It is broken: the pod gets no credentials.</summary>
    Failed,
}
