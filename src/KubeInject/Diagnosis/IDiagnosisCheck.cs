namespace KubeInject.Diagnosis;

/// <summary>Looks at some links of the chain.</summary>
internal interface IDiagnosisCheck
{
    /// <summary>Looks. What cannot be found out is a link of the state <see cref="DiagnosisStatus.Unknown"/>, never an exception.</summary>
    /// <param name="subject">What to look at.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The links that it looked at, in the order of their steps.</returns>
    Task<IReadOnlyList<DiagnosisStep>> CheckAsync(DiagnosisSubject subject, CancellationToken cancellationToken);
}
