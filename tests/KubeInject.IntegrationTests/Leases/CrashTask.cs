namespace KubeInject.IntegrationTests.Leases;

/// <summary>One credential that a process issues until it is killed.</summary>
/// <param name="Uuid">The UUID of the lease.</param>
/// <param name="IsOwned">Whether a pod owns the lease, so that the sweep keeps it.</param>
/// <param name="Fails">Whether completing the record fails, so that the credential is revoked.</param>
/// <param name="StopAt">The step at which the task waits to be killed; null to continue.</param>
internal sealed record CrashTask(Guid Uuid, bool IsOwned, bool Fails = false, CrashStep? StopAt = null)
{
    /// <summary>The steps of such a credential.</summary>
    public static IEnumerable<CrashStep> StepsOf(bool isOwned, bool fails) => Enum.GetValues<CrashStep>().Where(step => step switch
    {
        >= CrashStep.Revoking => !isOwned || fails,
        > CrashStep.Completing => !fails,
        _ => true,
    });
}
