namespace KubeInject.Diagnosis;

/// <summary>Checks some of the steps of a diagnosis.</summary>
internal interface IDiagnosisCheck
{
    /// <summary>Checks a subject. A step that cannot be checked has the status <see cref="DiagnosisStatus.Unknown"/> and is not an exception.</summary>
    /// <param name="subject">The pod or pod template.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>The checked steps, in their order.</returns>
    Task<IReadOnlyList<DiagnosisStep>> CheckAsync(DiagnosisSubject subject, CancellationToken cancellationToken);
}
